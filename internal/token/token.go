// Package token has a type that only packages of rollcall can name. An exported method that takes a Token is
// not part of the API: other packages cannot call it.
package token

// A Token is an argument without content.
type Token struct{ _ struct{} }
