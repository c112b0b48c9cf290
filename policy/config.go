package policy

import "slices"

// A Config says what a policy allows. It is data: compare, store and generate it as you like. The zero Config is not
// valid: a policy names the origins that it is for.
//
// In JSON and YAML, its fields have the names in the tags, and no others are known. So that nothing is lost silently
// there, Config has methods that decode it. In a larger struct, give it a field with a name of its own. Where it is
// embedded, Go promotes these methods: they read the whole of the larger struct, and its own fields are errors.
type Config struct {
	// Origins are patterns for the origins that may read responses, as [origin.ParsePattern] has them:
	//
	//	https://example.com
	//	https://*.example.com          subdomains of one or more labels; not example.com itself, and with Credentials
	//	                               nothing below a public suffix that is deeper than example.com
	//	https://example.com:[443,8443] several ports
	//	http://localhost:*             any port
	//	moz-extension://{uuid}         every extension of Firefox, where each has another host in each installation
	//	*                              everybody; not with Credentials
	//
	// "null", which browsers send for sandboxed documents, after some redirects and in many other cases, and which
	// therefore anybody can obtain, is an error without DangerouslyAllowNull.
	Origins []string `json:"origins" yaml:"origins"`

	// Credentials allows requests with cookies, TLS client certificates and HTTP authentication, and the reading of
	// responses to them.
	Credentials bool `json:"credentials,omitempty" yaml:"credentials,omitempty"`

	// Methods are allowed besides GET, HEAD and POST, which need no permission. They are case-sensitive, but browsers
	// put DELETE, GET, HEAD, OPTIONS, POST and PUT into upper case, and so does New. "*" allows all.
	Methods []string `json:"methods,omitempty" yaml:"methods,omitempty"`

	// RequestHeaders are the names, in any case, of the request headers that pages may set besides those that are
	// always allowed. "*" allows all but Authorization, which has to be named.
	RequestHeaders []string `json:"requestHeaders,omitempty" yaml:"requestHeaders,omitempty"`

	// ExposeHeaders are the names, in any case, of the response headers that pages may read besides those that they
	// always may. "*" exposes all; not with Credentials.
	ExposeHeaders []string `json:"exposeHeaders,omitempty" yaml:"exposeHeaders,omitempty"`

	// MaxAge says how many seconds browsers may keep a preflight's answer: nil leaves it to them (5), 0 forbids it.
	// They do not keep it for longer than 10 minutes (Safari), 2 hours (Chrome) or a day (Firefox).
	MaxAge *int `json:"maxAge,omitempty" yaml:"maxAge,omitempty"`

	// TimingAllowOrigin are patterns for the origins that may see the timing of responses in detail, through
	// Timing-Allow-Origin. They need not be among Origins. Requests that have no Origin header, as for images, get a
	// list of all origins that are named one by one, while it is not longer than 4 KiB, and others get their own
	// origin or nothing: patterns that stand for many origins work for the latter only.
	TimingAllowOrigin []string `json:"timingAllowOrigin,omitempty" yaml:"timingAllowOrigin,omitempty"`

	// PreflightStatus is the status with which preflights are answered that are not refused outright: 200 for clients
	// and gateways that take nothing else, or 204; 0 is 204.
	PreflightStatus int `json:"preflightStatus,omitempty" yaml:"preflightStatus,omitempty"`

	// Static makes the CORS headers the same for every request, for caches that ignore Vary: Origins has one exact
	// origin, which is named to everybody, and the browsers of others keep to that. Nothing else may depend on the
	// request: no WithOrigins, no "*" that has to be answered with what was asked for, no patterns in TimingAllowOrigin
	// other than "*". Under the Origins "*", answers are the same without it.
	//
	// https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
	Static bool `json:"static,omitempty" yaml:"static,omitempty"`

	// DangerouslyAllowInsecureOrigins allows Credentials for origins whose scheme does not protect from the network
	// (http), other than localhost and loopback addresses.
	DangerouslyAllowInsecureOrigins bool `json:"dangerouslyAllowInsecureOrigins,omitempty" yaml:"dangerouslyAllowInsecureOrigins,omitempty"`

	// DangerouslyAllowPublicSuffixes allows Credentials for all subdomains of a public suffix, as of
	// https://*.github.io, or of https://*.render.com, which has the suffix app.render.com below: for everybody who
	// gets one.
	DangerouslyAllowPublicSuffixes bool `json:"dangerouslyAllowPublicSuffixes,omitempty" yaml:"dangerouslyAllowPublicSuffixes,omitempty"`

	// DangerouslyAllowNull allows the origin null, whether Origins lists it or not.
	DangerouslyAllowNull bool `json:"dangerouslyAllowNull,omitempty" yaml:"dangerouslyAllowNull,omitempty"`

	// DangerouslyAllowAnyExtensions allows Credentials for {uuid}: for every extension that a user has installed.
	DangerouslyAllowAnyExtensions bool `json:"dangerouslyAllowAnyExtensions,omitempty" yaml:"dangerouslyAllowAnyExtensions,omitempty"`
}

// clone returns a copy that shares nothing with c.
func (c Config) clone() Config {
	c.Origins = slices.Clone(c.Origins)
	c.Methods = slices.Clone(c.Methods)
	c.RequestHeaders = slices.Clone(c.RequestHeaders)
	c.ExposeHeaders = slices.Clone(c.ExposeHeaders)
	c.TimingAllowOrigin = slices.Clone(c.TimingAllowOrigin)
	if c.MaxAge != nil {
		c.MaxAge = new(*c.MaxAge)
	}
	return c
}

// Parse reads a configuration in JSON and returns its policy: it is [Config.UnmarshalJSON] and [New] in one, and a
// [*ConfigError] has what both find. As with New, a wildcard over subdomains with credentials is an error without
// [WithSuffixList]; [github.com/corspec/corspec/policy/policyhttp.Parse] has a list.
func Parse(data []byte, options ...Option) (*Policy, error) {
	c, findings, err := decodeConfig(data)
	if err != nil {
		return nil, err
	}
	return build(c, findings, options)
}
