// Package docs holds the tests of the repository's Markdown: its Go code compiles, its links lead somewhere.
package docs
