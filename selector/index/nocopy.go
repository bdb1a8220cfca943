package index

// A noCopy in a struct makes go vet report copies of that struct.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}
