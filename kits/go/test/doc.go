// Package test has the tests of the kit that need client-go and controller-runtime, so that the kit itself needs nothing.
package test
