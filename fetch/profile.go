package fetch

import (
	"slices"
	"time"
)

// A Profile says which user agent a fetch is made by, where engines differ from the standard. It is data: a name, a set
// of differences, and the limit of max-age in the preflight cache. The functions of this package are the standard's and
// know no profile; only a [Machine] asks it, and package fetchhttp about cookies. Profiles of the same name and the
// same differences may differ by ==.
type Profile struct{ variant *variant } // nil: the standard

// The profiles. Those of engines describe what was measured in Chromium 156.0.8078.108, Firefox 153.8.0esr and
// WebKitGTK 2.50.6; the module conformance/browsers measures it again. Only the limits of max-age are as the engines'
// sources have them.
var (
	// ProfileStandard is the user agent of the standard: no differences. It is the zero Profile.
	ProfileStandard = Profile{}

	ProfileChromium  = newProfile("chromium", chromium, 7200*time.Second)
	ProfileFirefox   = newProfile("firefox", firefox, 86400*time.Second)
	ProfileWebKitGTK = newProfile("webkitgtk", webkitgtk, 600*time.Second)
)

func newProfile(name string, engine uint, maxAge time.Duration) Profile {
	v := &variant{name: name, maxAge: maxAge}
	for d, of := range differences {
		v.has[d] = of.engines&engine != 0
	}
	return Profile{v}
}

// Profiles returns all profiles, the standard's first.
func Profiles() []Profile {
	return []Profile{ProfileStandard, ProfileChromium, ProfileFirefox, ProfileWebKitGTK}
}

// ProfileByName returns the profile of that name: "standard", "chromium", "firefox" or "webkitgtk".
func ProfileByName(name string) (Profile, bool) {
	for _, p := range Profiles() {
		if p.String() == name {
			return p, true
		}
	}
	return Profile{}, false
}

// String returns the profile's name.
func (p Profile) String() string {
	if p.variant == nil {
		return "standard"
	}
	return p.variant.name
}

// engine returns what a machine of that profile asks.
func (p Profile) engine() engine {
	if p.variant == nil {
		return standard{}
	}
	return p.variant
}

// Differences returns the profile's differences from the standard.
func (p Profile) Differences() []Difference {
	var l []Difference
	for d, of := range differences {
		if p.variant != nil && p.variant.has[d] {
			l = append(l, of.name)
		}
	}
	return l
}

// Without returns the profile without the differences, under the same name. It is p where p has none of them.
func (p Profile) Without(without ...Difference) Profile {
	var less variant
	for d, of := range differences {
		if p.variant != nil && p.variant.has[d] && slices.Contains(without, of.name) {
			if less.name == "" {
				less = *p.variant
			}
			less.has[d] = false
		}
	}
	if less.name == "" {
		return p
	}
	return Profile{&less}
}
