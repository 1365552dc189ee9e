-- The tables as Migrate must make them: what the GORM models are compared with.

CREATE TABLE ic3_asset_master (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  customer_id BIGINT UNSIGNED NOT NULL,
  cmms_asset_id VARCHAR(64) NULL,
  asset_code VARCHAR(128) NULL,
  asset_name VARCHAR(255) NULL,
  description TEXT NULL,
  serial_number VARCHAR(128) NULL,
  barcode VARCHAR(128) NULL,
  category_id BIGINT UNSIGNED NULL,
  subcategory_id BIGINT UNSIGNED NULL,
  manufacturer_id BIGINT UNSIGNED NULL,
  model_id BIGINT UNSIGNED NULL,
  vendor_id BIGINT UNSIGNED NULL,
  location_id BIGINT UNSIGNED NULL,
  department_id BIGINT UNSIGNED NULL,
  status_id BIGINT UNSIGNED NULL,
  criticality VARCHAR(32) NULL,
  parent_cmms_asset_id VARCHAR(64) NULL,
  purchase_date DATE NULL,
  purchase_cost DECIMAL(18,2) NULL,
  currency CHAR(3) NULL,
  installation_date DATE NULL,
  warranty_start DATE NULL,
  warranty_end DATE NULL,
  amc_start DATE NULL,
  amc_end DATE NULL,
  custom_fields JSON NULL,
  cmms_updated_at DATETIME(6) NULL,
  cmms_sync_status VARCHAR(16) NULL,
  cmms_synced_at DATETIME(6) NULL,
  cmms_attempted_at DATETIME(6) NULL,
  cmms_run_id CHAR(26) NULL,
  created_at DATETIME(6) NULL,
  updated_at DATETIME(6) NULL,
  deleted_at DATETIME(6) NULL,
  KEY idx_asset_customer_id (customer_id, id),
  KEY idx_asset_cmms (customer_id, cmms_asset_id),
  KEY idx_asset_attempted (customer_id, cmms_attempted_at, id)
);

CREATE TABLE ic3_category_master (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  customer_id BIGINT UNSIGNED NOT NULL,
  cmms_id VARCHAR(64) NULL,
  parent_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
  level VARCHAR(16) NULL,
  name VARCHAR(255) NOT NULL,
  code VARCHAR(64) NULL,
  created_at DATETIME(6) NULL,
  updated_at DATETIME(6) NULL,
  UNIQUE KEY uq_category_name (customer_id, parent_id, name),
  UNIQUE KEY uq_category_cmms (customer_id, level, cmms_id)
);

CREATE TABLE ic3_manufacturer_master (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  customer_id BIGINT UNSIGNED NOT NULL,
  cmms_id VARCHAR(64) NULL,
  name VARCHAR(255) NOT NULL,
  code VARCHAR(64) NULL,
  created_at DATETIME(6) NULL,
  updated_at DATETIME(6) NULL,
  UNIQUE KEY uq_manufacturer_name (customer_id, name),
  UNIQUE KEY uq_manufacturer_cmms (customer_id, cmms_id)
);

CREATE TABLE ic3_model_master (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  customer_id BIGINT UNSIGNED NOT NULL,
  cmms_id VARCHAR(64) NULL,
  manufacturer_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
  name VARCHAR(255) NOT NULL,
  code VARCHAR(64) NULL,
  created_at DATETIME(6) NULL,
  updated_at DATETIME(6) NULL,
  UNIQUE KEY uq_model_name (customer_id, manufacturer_id, name),
  UNIQUE KEY uq_model_cmms (customer_id, cmms_id)
);

CREATE TABLE ic3_vendor_master (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  customer_id BIGINT UNSIGNED NOT NULL,
  cmms_id VARCHAR(64) NULL,
  name VARCHAR(255) NOT NULL,
  code VARCHAR(64) NULL,
  email VARCHAR(255) NULL,
  phone VARCHAR(64) NULL,
  created_at DATETIME(6) NULL,
  updated_at DATETIME(6) NULL,
  UNIQUE KEY uq_vendor_name (customer_id, name),
  UNIQUE KEY uq_vendor_cmms (customer_id, cmms_id)
);

CREATE TABLE ic3_location_master (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  customer_id BIGINT UNSIGNED NOT NULL,
  cmms_id VARCHAR(64) NULL,
  parent_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
  level VARCHAR(16) NULL,
  name VARCHAR(255) NOT NULL,
  code VARCHAR(64) NULL,
  created_at DATETIME(6) NULL,
  updated_at DATETIME(6) NULL,
  UNIQUE KEY uq_location_name (customer_id, parent_id, name),
  UNIQUE KEY uq_location_cmms (customer_id, level, cmms_id)
);

CREATE TABLE ic3_department_master (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  customer_id BIGINT UNSIGNED NOT NULL,
  cmms_id VARCHAR(64) NULL,
  name VARCHAR(255) NOT NULL,
  code VARCHAR(64) NULL,
  created_at DATETIME(6) NULL,
  updated_at DATETIME(6) NULL,
  UNIQUE KEY uq_department_name (customer_id, name),
  UNIQUE KEY uq_department_cmms (customer_id, cmms_id)
);

CREATE TABLE ic3_status_master (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  customer_id BIGINT UNSIGNED NOT NULL,
  cmms_id VARCHAR(64) NULL,
  name VARCHAR(255) NOT NULL,
  code VARCHAR(64) NULL,
  created_at DATETIME(6) NULL,
  updated_at DATETIME(6) NULL,
  UNIQUE KEY uq_status_name (customer_id, name),
  UNIQUE KEY uq_status_cmms (customer_id, cmms_id)
);

CREATE TABLE cmms_sync_log (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  run_id CHAR(26) NULL,
  customer_id BIGINT UNSIGNED NOT NULL,
  cmms_asset_id VARCHAR(64) NOT NULL,
  status VARCHAR(16) NOT NULL,
  error_kind VARCHAR(32) NULL,
  error_message TEXT NULL,
  warnings JSON NULL,
  changes JSON NULL,
  synced_at DATETIME(6) NOT NULL,
  duration_ms BIGINT NOT NULL,
  attempt_key VARCHAR(64) NULL,
  KEY idx_log_customer (customer_id, synced_at),
  KEY idx_log_asset (cmms_asset_id, synced_at),
  KEY idx_log_run (run_id, id),
  UNIQUE KEY uq_log_attempt (attempt_key)
);

CREATE TABLE cmms_sync_run (
  id CHAR(26) NOT NULL PRIMARY KEY,
  customer_id BIGINT UNSIGNED NULL,
  status VARCHAR(16) NOT NULL,
  total BIGINT NOT NULL DEFAULT 0,
  successful BIGINT NOT NULL DEFAULT 0,
  failed BIGINT NOT NULL DEFAULT 0,
  skipped BIGINT NOT NULL DEFAULT 0,
  warnings BIGINT NOT NULL DEFAULT 0,
  current_asset VARCHAR(64) NULL,
  host VARCHAR(255) NULL,
  error_message TEXT NULL,
  started_at DATETIME(6) NOT NULL,
  heartbeat_at DATETIME(6) NOT NULL,
  finished_at DATETIME(6) NULL,
  duration_ms BIGINT NULL,
  KEY idx_run_started (started_at)
);

CREATE TABLE cmms_sync_lock (
  name VARCHAR(64) NOT NULL PRIMARY KEY,
  run_id CHAR(26) NOT NULL,
  holder VARCHAR(255) NOT NULL,
  expires_at DATETIME(6) NOT NULL
);
