// Package docs tests the documentation: its Go code compiles, its links lead to a page and a heading, and its tables agree with
// the code. It holds all tests that read documentation, so that the library's own tests pass where it is copied without
// docs/, README.md and SECURITY.md.
package docs
