-- What the account of a host needs for syncing, reading the audit and purging it. A test syncs with these rights, and with each
-- of them missing; the tests of examples/docs compare SECURITY.md with this file.
GRANT SELECT, UPDATE ON cmms.ic3_asset_master TO 'backend'@'%';
GRANT SELECT, INSERT, UPDATE ON cmms.ic3_category_master TO 'backend'@'%';
GRANT SELECT, INSERT, UPDATE ON cmms.ic3_manufacturer_master TO 'backend'@'%';
GRANT SELECT, INSERT, UPDATE ON cmms.ic3_model_master TO 'backend'@'%';
GRANT SELECT, INSERT, UPDATE ON cmms.ic3_vendor_master TO 'backend'@'%';
GRANT SELECT, INSERT, UPDATE ON cmms.ic3_location_master TO 'backend'@'%';
GRANT SELECT, INSERT, UPDATE ON cmms.ic3_department_master TO 'backend'@'%';
GRANT SELECT, INSERT, UPDATE ON cmms.ic3_status_master TO 'backend'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON cmms.cmms_sync_log TO 'backend'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON cmms.cmms_sync_run TO 'backend'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON cmms.cmms_sync_lock TO 'backend'@'%';
