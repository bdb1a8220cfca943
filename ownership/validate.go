package ownership

import (
	"fmt"
	"strings"

	"github.com/rollcall-go/rollcall/field"
)

// Validate returns what the API server would say of refs as an object's metadata.ownerReferences: nil when
// they are valid, also for none. The error is a [field.Errors] with one [*field.Error] for everything that is
// wrong, in the order of the references and of their fields: apiVersion, kind, name or uid missing; an
// apiVersion that is not a version or a group, a slash and a version ("/v1" is one); an owner that is an
// Event of the core group; and each controller after the first. Paths are such as "ownerReferences[1].uid",
// and "ownerReferences[1]" for the Event.
//
// Two references with one UID are valid, and nothing is asked of kind, name and UID but to be there.
//
// Upstream: ValidateOwnerReferences in k8s.io/apimachinery/pkg/api/validation, with as many errors.
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
			errs = append(errs, field.Invalid(r.APIVersion, "want version or group/version", "ownerReferences[%d].apiVersion", i))
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
			errs = append(errs, field.Invalid(r.Ref(), "an Event of v1 owns nothing", "ownerReferences[%d]", i))
		}
		switch {
		case r.Controller == nil || !*r.Controller:
		case controller < 0:
			controller = i
		default:
			reason := fmt.Sprintf("there is one controller at most, and ownerReferences[%d] is it", controller)
			errs = append(errs, field.Invalid(true, reason, "ownerReferences[%d].controller", i))
		}
	}
	return errs.Err()
}

const missing = "is missing"
