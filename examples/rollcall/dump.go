package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/rollcall-go/rollcall/selector"
)

// A dump is what was read: the objects of the kinds that the roll call knows, in the order of the input.
type dump struct {
	source   string // its name, for messages
	objects  []*object
	skipped  map[string]int // how many of each other kind
	problems []string       // what could not be read, a line each
	lost     bool           // there is more in the input, which could not be read at all
}

// kinds lists the kinds that the roll call knows, in the order in which it prints controllers.
var kinds = []string{"ReplicationController", "ReplicaSet", "Deployment", "DaemonSet", "StatefulSet", "Job", "Pod", "Node"}

// readDump reads what kubectl get -o json prints: a list of objects or a single one, and several of those in
// a row too. It reads one object at a time, so that a large dump is not held as text. What cannot be read
// becomes a problem that names the input, the object and the field; everything else is kept.
func readDump(name string, r io.Reader) *dump {
	in := bufio.NewReader(r)
	if mark, _ := in.Peek(len(byteOrderMark)); string(mark) == byteOrderMark { // of Windows' shells
		_, _ = in.Discard(len(byteOrderMark))
	}
	d := &reader{dump: &dump{source: name, skipped: map[string]int{}}, in: in, seen: map[string]bool{}, uids: map[string]string{}}
	d.dec = json.NewDecoder(d)
	for {
		err := d.document()
		if err == io.EOF {
			break
		}
		if err != nil {
			d.breakOff(err)
			break
		}
	}
	if len(d.objects) == 0 && len(d.skipped) == 0 && len(d.problems) == 0 {
		d.problems = append(d.problems, name+": no objects")
	}
	return d.dump
}

const byteOrderMark = "\ufeff"

// A reader reads one dump.
type reader struct {
	*dump
	in   io.Reader
	read int64 // bytes of in
	dec  *json.Decoder
	seen map[string]bool   // the objects, for dumps that hold one twice
	uids map[string]string // the object of each UID
	last string            // the object read last, for the place of an error
}

// Read counts what the decoder reads.
func (d *reader) Read(p []byte) (int, error) {
	n, err := d.in.Read(p)
	d.read += int64(n)
	return n, err
}

// bad adds the line about a field of o that could not be read.
func (d *reader) bad(o *object, field, text string) {
	if o.bad == "" {
		o.bad = field
	}
	d.problems = append(d.problems, fmt.Sprintf("%s: %v: %s: %s", d.source, o, field, text))
}

// breakOff adds the line about an error after which nothing more can be read.
func (d *reader) breakOff(err error) {
	var syntax *json.SyntaxError
	var place string
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		place = fmt.Sprintf("cut off after %d bytes", d.read)
	case errors.As(err, &syntax): // whose own offset does not count all that was read before
		place = fmt.Sprintf("not JSON after byte %d: %v", d.dec.InputOffset(), syntax)
	default:
		place = err.Error()
	}
	if d.last != "" {
		place += ", after " + d.last
	}
	d.problems = append(d.problems, d.source+": "+place)
	d.lost = true
}

// document reads one JSON document, and returns io.EOF when there is none.
func (d *reader) document() error {
	start, err := d.dec.Token()
	if err != nil {
		return err
	}
	switch start {
	case json.Delim('['): // objects without a list around them
		objects, err := d.elements()
		d.add(objects, "")
		return err
	case json.Delim('{'):
		return d.object()
	}
	return d.unexpected("a list of objects as kubectl get -o json prints it", start)
}

// object reads a list or a single object, after its opening brace.
func (d *reader) object() (err error) {
	fields := map[string]json.RawMessage{}
	var listed []*object
	isList := false
	defer func() {
		if err != nil { // what there is of the list
			d.add(listed, "")
		}
	}()
	for d.dec.More() {
		key, err := d.dec.Token()
		if err != nil {
			return noEOF(err)
		}
		if key == "items" {
			isList = true
			items, err := d.items()
			listed = append(listed, items...)
			if err != nil {
				return err
			}
			continue
		}
		var value json.RawMessage
		if err := d.dec.Decode(&value); err != nil {
			return noEOF(err)
		}
		fields[key.(string)] = value
	}
	if _, err := d.dec.Token(); err != nil {
		return noEOF(err)
	}
	if !isList {
		return d.single(fields)
	}
	var kind string // of a typed list, whose items have none: kubectl prints it after them
	_ = json.Unmarshal(fields["kind"], &kind)
	d.add(listed, strings.TrimSuffix(kind, "List"))
	return nil
}

// items reads the array of a list.
func (d *reader) items() ([]*object, error) {
	start, err := d.dec.Token()
	switch {
	case err != nil:
		return nil, noEOF(err)
	case start == nil: // null: an empty list
		return nil, nil
	case start != json.Delim('['):
		return nil, d.unexpected("items to be an array", start)
	}
	return d.elements()
}

// elements reads the objects of an array, after its opening bracket. One of which a field has the wrong type
// is kept without that field.
func (d *reader) elements() ([]*object, error) {
	var objects []*object
	for d.dec.More() {
		o := new(object)
		if err := d.wrongType(o, d.dec.Decode(o)); err != nil {
			return objects, noEOF(err)
		}
		d.last = o.String()
		objects = append(objects, o)
	}
	_, err := d.dec.Token()
	return objects, noEOF(err)
}

// unexpected is the error of a token that is not the one wanted.
func (d *reader) unexpected(want string, found json.Token) error {
	if found == nil {
		found = "null"
	}
	return fmt.Errorf("want %s, found %v before byte %d", want, found, d.dec.InputOffset())
}

// single reads a document that is one object, already split into its fields.
func (d *reader) single(fields map[string]json.RawMessage) error {
	text, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	o := new(object)
	if err := d.wrongType(o, json.Unmarshal(text, o)); err != nil {
		return err
	}
	d.add([]*object{o}, "")
	return nil
}

// wrongType keeps the error of a field that has the wrong type with its object, until its kind is known, and
// returns every other error.
func (d *reader) wrongType(o *object, err error) error {
	if errors.As(err, &o.wrongType) {
		return nil
	}
	return err
}

// wantType says in JSON's words what a field should have been.
func wantType(err *json.UnmarshalTypeError) string {
	want := err.Type.String()
	switch err.Type.Kind() {
	case reflect.String:
		want = "a string"
	case reflect.Int32:
		want = "an integer"
	case reflect.Bool:
		want = "true or false"
	case reflect.Slice:
		want = "an array"
	case reflect.Map, reflect.Struct:
		want = "an object"
	}
	return fmt.Sprintf("want %s, found %s", want, err.Value)
}

// add keeps the objects that the roll call knows and counts the others. Those without a kind are of the given
// one.
func (d *reader) add(objects []*object, kind string) {
	for _, o := range objects {
		if o.Kind == "" {
			o.Kind = kind
		}
		if o.Kind != "" && !known(o.Kind) {
			d.skipped[o.Kind]++
			continue
		}
		if id := o.String() + " " + o.Metadata.UID; o.Metadata.Name != "" {
			if d.seen[id] {
				continue // the same object again
			}
			d.seen[id] = true
		}
		d.check(o)
		if o.Kind == "" {
			d.lost = true
			continue
		}
		if o.Metadata.UID != "" {
			if first, taken := d.uids[o.Metadata.UID]; taken {
				d.bad(o, "metadata.uid", fmt.Sprintf("%q: the UID of %s", o.Metadata.UID, first))
			}
			d.uids[o.Metadata.UID] = o.String()
		}
		d.objects = append(d.objects, o)
	}
}

// check reports what is wrong with o.
func (d *reader) check(o *object) {
	if o.wrongType != nil {
		d.bad(o, cmp.Or(o.wrongType.Field, "value"), wantType(o.wrongType))
	}
	if o.Kind == "" {
		d.bad(o, "kind", "missing")
		return
	}
	if o.Metadata.Name == "" {
		d.bad(o, "metadata.name", "missing")
	}
	for _, m := range append(o.moments(), moment{"metadata.deletionTimestamp", o.Metadata.DeletionTimestamp}) {
		if _, err := readTime(m.text); err != nil {
			d.bad(o, m.path, err.Error())
		}
	}
}

func known(kind string) bool { return slices.Contains(kinds, kind) }

// noEOF turns an end of input into an unexpected one.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// String returns, on one line, kind, namespace and name, as in "ReplicaSet shop/kubia".
func (o *object) String() string {
	kind, name := o.Kind, o.Metadata.Name
	if kind == "" {
		kind = "object"
	}
	if name == "" {
		name = "without a name"
	}
	if o.Metadata.Namespace != "" {
		name = o.Metadata.Namespace + "/" + name
	}
	return kind + " " + name
}

// selector returns the object's selector, and for a bad one a FieldError for each bad field.
func (o *object) selector() (selector.Selector, error) {
	if o.Kind == "ReplicationController" {
		var set map[string]string
		if err := unmarshal(o.Spec.Selector, &set); err != nil {
			return selector.Nothing(), err
		}
		if len(set) == 0 { // the API fills it in from the template, and takes none for none
			return selector.Nothing(), nil
		}
		return selector.FromLabels(set)
	}
	var ls *selector.LabelSelector
	if err := unmarshal(o.Spec.Selector, &ls); err != nil {
		return selector.Nothing(), err
	}
	return selector.Compile(ls)
}

func unmarshal(text json.RawMessage, into any) error {
	if len(text) == 0 {
		return nil
	}
	return json.Unmarshal(text, into)
}
