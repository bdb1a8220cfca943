// Package probe decides who is alive. So far it tells the exit codes of containers apart; the state machine of a
// probed container builds on it.
package probe
