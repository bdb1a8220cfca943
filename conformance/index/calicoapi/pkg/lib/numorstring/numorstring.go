// Package numorstring declares the names of Calico's API that the imports of felix/labelindex need: see
// package v3.
package numorstring

// Type says whether a value is a number or a string.
type Type int

// The two types.
const (
	NumOrStringNum Type = iota
	NumOrStringString
)

// ASNumber is the number of an autonomous system.
type ASNumber uint32

// Port is a port or a range of ports, or a port's name.
type Port struct{}

func (Port) String() string { return "" }

// Protocol is the number or the name of a protocol.
type Protocol struct {
	Type   Type
	NumVal uint8
	StrVal string
}

func (p Protocol) String() string { return p.StrVal }
