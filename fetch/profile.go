package fetch

// A Profile says which user agent a fetch is made by, where engines differ from the standard. The functions of this package
// are the standard's and know no profile; only a [Machine] reads it, at the places where there is a difference.
type Profile struct {
	name string
}

// Standard is the user agent of the standard: no differences. It is the zero Profile.
var Standard = Profile{}

// String returns the profile's name.
func (p Profile) String() string {
	if p.name == "" {
		return "standard"
	}
	return p.name
}
