package policy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/corspec/corspec/internal/strictjson"
)

// A Config says what a policy allows. It is data: compare, store and generate
// it as you like. In JSON, its fields have the names in the tags, and no others
// are known.
//
// The zero Config is not valid: a policy names the origins that it is for.
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
	Origins []string `json:"origins"`

	// Credentials allows requests with cookies, TLS client certificates and HTTP authentication, and the reading of
	// responses to them.
	Credentials bool `json:"credentials,omitempty"`

	// Methods are allowed besides GET, HEAD and POST, which need no permission. They are case-sensitive, but browsers
	// put DELETE, GET, HEAD, OPTIONS, POST and PUT into upper case, and so does New. "*" allows all.
	Methods []string `json:"methods,omitempty"`

	// RequestHeaders are the names, in any case, of the request headers that pages may set besides those that are
	// always allowed. "*" allows all but Authorization, which has to be named.
	RequestHeaders []string `json:"requestHeaders,omitempty"`

	// ExposeHeaders are the names, in any case, of the response headers that pages may read besides those that they
	// always may. "*" exposes all; not with Credentials.
	ExposeHeaders []string `json:"exposeHeaders,omitempty"`

	// MaxAge says how many seconds browsers may keep a preflight's answer: nil leaves it to them (5), 0 forbids it.
	// They do not keep it for longer than 10 minutes (Safari), 2 hours (Chrome) or a day (Firefox).
	MaxAge *int `json:"maxAge,omitempty"`

	// TimingAllowOrigin are patterns for the origins that may see the timing of responses in detail, through
	// Timing-Allow-Origin. They need not be among Origins.
	TimingAllowOrigin []string `json:"timingAllowOrigin,omitempty"`

	// PreflightStatus is the status with which preflights are answered that are not refused outright: 200 for clients and
	// gateways that take nothing else, or 204; 0 is 204.
	PreflightStatus int `json:"preflightStatus,omitempty"`

	// Static makes the CORS headers the same for every request, for caches that ignore Vary: Origins has one exact origin,
	// which is named to everybody, and the browsers of others keep to that. Nothing else may depend on the request: no
	// WithOrigins, no "*" that has to be answered with what was asked for, no patterns in TimingAllowOrigin other than "*".
	// Under the Origins "*", answers are the same without it.
	//
	// https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
	Static bool `json:"static,omitempty"`

	// DangerouslyAllowInsecureOrigins allows Credentials for origins whose scheme does not protect from the network
	// (http), other than localhost and loopback addresses.
	DangerouslyAllowInsecureOrigins bool `json:"dangerouslyAllowInsecureOrigins,omitempty"`

	// DangerouslyAllowPublicSuffixes allows Credentials for all subdomains of a public suffix, as of https://*.github.io,
	// or of https://*.render.com, which has the suffix app.render.com below: for everybody who gets one.
	DangerouslyAllowPublicSuffixes bool `json:"dangerouslyAllowPublicSuffixes,omitempty"`

	// DangerouslyAllowNull allows the origin null, whether Origins lists it or not.
	DangerouslyAllowNull bool `json:"dangerouslyAllowNull,omitempty"`

	// DangerouslyAllowAnyExtensions allows Credentials for {uuid}: for every extension that a user has installed.
	DangerouslyAllowAnyExtensions bool `json:"dangerouslyAllowAnyExtensions,omitempty"`
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

// A DecodeError says why JSON is no configuration, other than through its
// values.
type DecodeError struct {
	Field  string // such as "origins[2]"; "" for the text as a whole
	Reason string
}

// Error returns the field and what is wrong with it.
func (e *DecodeError) Error() string {
	if e.Field == "" {
		return "policy: configuration: " + e.Reason
	}
	return "policy: configuration: " + escape(e.Field) + ": " + e.Reason
}

// UnmarshalJSON reads a configuration. A field that no configuration has is an
// error of type [*ConfigError], and so is a maxAge that is no integer; other
// mistakes, such as a string for a list, are of type [*DecodeError]. Names of fields are
// case-sensitive. A field that is null is absent.
//
// [Parse] reports the former together with what [New] finds.
func (c *Config) UnmarshalJSON(data []byte) error {
	decoded, findings, err := decodeConfig(data)
	switch {
	case err != nil:
		return err
	case findings != nil:
		return &ConfigError{Errors: findings}
	}
	*c = decoded
	return nil
}

// Parse reads a configuration in JSON and returns its policy: it is
// [Config.UnmarshalJSON] and [New] in one, and a [*ConfigError] has what both
// find.
func Parse(data []byte, options ...Option) (*Policy, error) {
	c, findings, err := decodeConfig(data)
	if err != nil {
		return nil, err
	}
	return build(c, findings, options)
}

func decodeConfig(data []byte) (c Config, findings []Finding, err error) {
	if fault := strictjson.Check(data); fault != nil {
		return c, nil, &DecodeError{Reason: fault.Reason}
	}
	members, fault := strictjson.Members(data)
	if fault != nil {
		return c, nil, &DecodeError{Field: fault.Name, Reason: fault.Reason}
	}
	for _, m := range members {
		finding, err := c.decodeField(m.Name, m.Value)
		if err != nil {
			return c, nil, err
		}
		if finding != nil {
			findings = append(findings, *finding)
		}
	}
	return c, findings, nil
}

// fieldNames are the names of a configuration's fields in JSON, in their order.
var fieldNames = []string{
	"origins", "credentials", "methods", "requestHeaders", "exposeHeaders", "maxAge", "timingAllowOrigin", "preflightStatus", "static",
	"dangerouslyAllowInsecureOrigins", "dangerouslyAllowPublicSuffixes", "dangerouslyAllowNull",
	"dangerouslyAllowAnyExtensions",
}

var removeField = "remove it; the fields are " + strings.Join(fieldNames, ", ")

func (c *Config) decodeField(name string, raw json.RawMessage) (*Finding, error) {
	switch name {
	case "origins":
		return nil, decodeList(name, raw, &c.Origins)
	case "methods":
		return nil, decodeList(name, raw, &c.Methods)
	case "requestHeaders":
		return nil, decodeList(name, raw, &c.RequestHeaders)
	case "exposeHeaders":
		return nil, decodeList(name, raw, &c.ExposeHeaders)
	case "timingAllowOrigin":
		return nil, decodeList(name, raw, &c.TimingAllowOrigin)
	case "credentials":
		return nil, decodeBool(name, raw, &c.Credentials)
	case "static":
		return nil, decodeBool(name, raw, &c.Static)
	case "dangerouslyAllowInsecureOrigins":
		return nil, decodeBool(name, raw, &c.DangerouslyAllowInsecureOrigins)
	case "dangerouslyAllowPublicSuffixes":
		return nil, decodeBool(name, raw, &c.DangerouslyAllowPublicSuffixes)
	case "dangerouslyAllowNull":
		return nil, decodeBool(name, raw, &c.DangerouslyAllowNull)
	case "dangerouslyAllowAnyExtensions":
		return nil, decodeBool(name, raw, &c.DangerouslyAllowAnyExtensions)
	case "maxAge":
		text := string(raw)
		if text == "null" {
			return nil, nil
		}
		if text[0] != '-' && (text[0] < '0' || text[0] > '9') {
			return nil, &DecodeError{Field: name, Reason: "want a number of seconds"}
		}
		seconds, err := strconv.Atoi(text)
		if err != nil {
			return invalidMaxAge(text), nil
		}
		c.MaxAge = &seconds
		return nil, nil
	case "preflightStatus":
		text := string(raw)
		if text == "null" {
			return nil, nil
		}
		if text[0] != '-' && (text[0] < '0' || text[0] > '9') {
			return nil, &DecodeError{Field: name, Reason: "want a status, 200 or 204"}
		}
		status, err := strconv.Atoi(text)
		if err != nil || status == 0 {
			return invalidPreflightStatus(text), nil
		}
		c.PreflightStatus = status
		return nil, nil
	}
	f := &Finding{Code: CodeUnknownField, Field: name, Index: -1, Value: name, Detail: "there is no such field"}
	if known := nearest(name, fieldNames); known != "" {
		f.Suggestion = known
	} else {
		f.Suggestion = removeField
	}
	return f, nil
}

func decodeList(name string, raw json.RawMessage, list *[]string) error {
	if strictjson.Kind(raw) == "null" {
		return nil
	}
	elements, fault := strictjson.Elements(raw)
	if fault != nil {
		return &DecodeError{Field: name, Reason: fault.Reason + " of strings"}
	}
	for _, element := range elements {
		text, fault := strictjson.String(element)
		if fault != nil {
			return &DecodeError{Field: fmt.Sprintf("%s[%d]", name, len(*list)), Reason: fault.Reason}
		}
		*list = append(*list, text)
	}
	return nil
}

func decodeBool(name string, raw json.RawMessage, b *bool) error {
	if err := json.Unmarshal(raw, b); err != nil {
		return &DecodeError{Field: name, Reason: "want true or false"}
	}
	return nil
}

// separators stand between words in other libraries' fields.
var separators = strings.NewReplacer("_", "", "-", "")

// nearest returns the one of names that name is most probably a misspelling
// of, or "".
func nearest(name string, names []string) string {
	if len(name) > 64 {
		return ""
	}
	lower := strings.ToLower(separators.Replace(name))
	// What others call these things.
	switch lower {
	case "allowedorigins", "alloworigins", "alloworigin", "origin", "allowedorigin":
		return "origins"
	case "allowedmethods", "allowmethods", "method":
		return "methods"
	case "allowedheaders", "allowheaders", "headers":
		return "requestHeaders"
	case "exposedheaders", "responseheaders":
		return "exposeHeaders"
	case "allowcredentials", "credentialed":
		return "credentials"
	case "maxageinseconds", "maxageseconds":
		return "maxAge"
	case "optionssuccessstatus", "optionsresponsestatuscode", "preflightsuccessstatus":
		return "preflightStatus"
	}
	best, least := "", 3 // at most two edits
	for _, candidate := range names {
		if apart := len(candidate) - len(lower); apart >= least || -apart >= least {
			continue
		}
		if d := editDistance(lower, strings.ToLower(candidate)); d < least {
			best, least = candidate, d
		}
	}
	return best
}

// editDistance is Levenshtein's.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
