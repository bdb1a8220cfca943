// Package podtest has pods for the tests of packages replica and daemon: recorded ones, whose objects are as
// the API serves them, and random ones. Only tests import it.
package podtest
