// Package field has the errors that every package of rollcall returns for invalid input.
//
// An [Error] describes one invalid field of a struct or object and names its path. A [SyntaxError] describes
// one invalid place in a string and names its byte offset. A function returns all errors of an input at once,
// as [Errors] or [SyntaxErrors]:
//
//	_, err := selector.Compile(spec)
//	var bad field.Errors
//	if errors.As(err, &bad) {
//		for _, e := range bad {
//			fmt.Println(e.Path, e.Reason)
//		}
//	}
//
// errors.As also finds the first error as a *Error or a *SyntaxError. Values of this package are safe for
// concurrent reading.
package field
