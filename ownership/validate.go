package ownership

import (
	"fmt"
	"strings"

	"github.com/rollcall-go/rollcall/field"
)

// Validate returns the errors that the API server finds in refs as the metadata.ownerReferences of an object,
// or nil. The error is a [field.Errors], in the order of the references and of their fields. Each of these is
// an error:
//
//   - a missing apiVersion, kind, name or uid
//   - an apiVersion that is neither a version nor group/version; "/v1" is valid
//   - an Event of the core group as the owner
//   - each controller after the first
//
// Paths look like "ownerReferences[1].uid", "ownerReferences[1].controller", or "ownerReferences[1]" for the
// Event. Two references with one UID are valid. Kind, name and UID may have any characters.
//
// Upstream: ValidateOwnerReferences in k8s.io/apimachinery/pkg/api/validation: the same errors, with other
// texts.
func Validate(refs []OwnerReference) error {
	var errs field.Errors
	controller := -1 // index of the first
	for i, r := range refs {
		_, version, grouped := strings.Cut(r.APIVersion, "/")
		if !grouped {
			version = r.APIVersion
		}
		switch {
		case r.APIVersion == "":
			errs = append(errs, field.Invalid(nil, missing, "ownerReferences[%d].apiVersion", i))
		case version == "" || strings.Contains(version, "/"):
			errs = append(errs,
				field.Invalid(r.APIVersion, "must be version or group/version", "ownerReferences[%d].apiVersion", i))
		}
		if r.Kind == "" {
			errs = append(errs, field.Invalid(nil, missing, "ownerReferences[%d].kind", i))
		}
		if r.Name == "" {
			errs = append(errs, field.Invalid(nil, missing, "ownerReferences[%d].name", i))
		}
		if r.UID == "" {
			errs = append(errs, field.Invalid(nil, missing, "ownerReferences[%d].uid", i))
		}
		if r.Kind == "Event" && (r.APIVersion == "v1" || r.APIVersion == "/v1") {
			errs = append(errs, field.Invalid(r.Ref(), "an Event of v1 cannot be an owner", "ownerReferences[%d]", i))
		}
		switch {
		case r.Controller == nil || !*r.Controller:
		case controller < 0:
			controller = i
		default:
			reason := fmt.Sprintf("only one controller is allowed; ownerReferences[%d] already is", controller)
			errs = append(errs, field.Invalid(true, reason, "ownerReferences[%d].controller", i))
		}
	}
	return errs.Err()
}

const missing = "is missing"
