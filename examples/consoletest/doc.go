// Package consoletest tests the pages of examples/console in Chromium, on MariaDB. It lives in another module than the
// console, so that a host that mounts the console does not require the driver of a browser.
package consoletest
