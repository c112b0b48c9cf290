package policy

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/corspec/corspec/internal/strictjson"
)

// A DecodeError says why a text is not a configuration, other than through its fields.
type DecodeError struct {
	Field  string // a field that is there twice; "" for the text as a whole
	Reason string
}

// Error returns the field and what is wrong with it.
func (e *DecodeError) Error() string {
	if e.Field == "" {
		return "policy: the configuration " + e.Reason
	}
	return "policy: the configuration: " + escape(e.Field) + " " + e.Reason
}

// UnmarshalJSON reads a configuration. A field that no configuration has, and a value of the wrong type, are errors of
// type [*ConfigError], all of them in one; what is not a JSON object, or has a field twice, is an error of type
// [*DecodeError]. Names of fields are case-sensitive. A field that is null is absent.
//
// [Parse] reports these together with what [New] finds.
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

// UnmarshalYAML reads a configuration as [Config.UnmarshalJSON] does, and is as strict. Packages for YAML call it
// (gopkg.in/yaml.v2 and v3, github.com/goccy/go-yaml), and provide unmarshal.
func (c *Config) UnmarshalYAML(unmarshal func(any) error) error {
	var fields map[string]any
	if err := unmarshal(&fields); err != nil || fields == nil {
		return err
	}
	for name, value := range fields {
		fields[name] = ofYAML(value)
	}
	data, err := json.Marshal(fields)
	if err != nil {
		return &DecodeError{Reason: "has a value that JSON does not have: " + err.Error()}
	}
	return c.UnmarshalJSON(data)
}

// ofYAML returns a value with what JSON does not have as it is written in Go, to be found to be of the wrong type: a
// map whose keys are not all strings, or a number that is infinite or not one.
func ofYAML(value any) any {
	switch value := value.(type) {
	case []any:
		for i := range value {
			value[i] = ofYAML(value[i])
		}
	case map[string]any, map[any]any:
		return map[string]any{}
	case float64:
		if math.IsNaN(value) || math.IsInf(value, 0) {
			return map[string]any{}
		}
	}
	return value
}

// decoder reads the fields of a configuration.
type decoder struct {
	config   Config
	findings []Finding
}

func decodeConfig(data []byte) (Config, []Finding, error) {
	var d decoder
	fault := strictjson.Check(data)
	var members []strictjson.Member
	if fault == nil {
		members, fault = strictjson.Members(data)
	}
	if fault != nil {
		return Config{}, nil, &DecodeError{Field: fault.Name, Reason: fault.Reason}
	}
	there := map[string]bool{}
	for _, m := range members {
		there[m.Name] = true
	}
	for _, m := range members {
		if d.decodeField(m.Name, m.Value) {
			continue
		}
		f := Finding{Code: CodeUnknownField, Field: m.Name, Index: -1, Value: m.Name, Detail: noSuchField + ": " + allFields}
		// It can be meant only if it is not there and can have that value.
		if meant := nearest(m.Name, fieldNames); !there[meant] {
			if probe := new(decoder); probe.decodeField(meant, m.Value) && probe.findings == nil {
				f.Suggestion, f.Detail = meant, noSuchField
			}
		}
		d.findings = append(d.findings, f)
	}
	return d.config, d.findings, nil
}

const noSuchField = "a configuration has no such field"

var allFields = strings.Join(fieldNames, ", ")

// fieldNames are the names of a configuration's fields in JSON, in their order.
var fieldNames = []string{
	"origins", "credentials", "methods", "requestHeaders", "exposeHeaders", "maxAge", "timingAllowOrigin", "preflightStatus", "static",
	"dangerouslyAllowInsecureOrigins", "dangerouslyAllowPublicSuffixes", "dangerouslyAllowNull", "dangerouslyAllowAnyExtensions",
}

// decodeField reads a field, and reports whether there is one of that name.
func (d *decoder) decodeField(name string, value []byte) bool {
	c := &d.config
	switch name {
	case "origins":
		c.Origins = d.decodeList(name, value)
	case "methods":
		c.Methods = d.decodeList(name, value)
	case "requestHeaders":
		c.RequestHeaders = d.decodeList(name, value)
	case "exposeHeaders":
		c.ExposeHeaders = d.decodeList(name, value)
	case "timingAllowOrigin":
		c.TimingAllowOrigin = d.decodeList(name, value)
	case "credentials":
		c.Credentials = d.decodeBool(name, value)
	case "static":
		c.Static = d.decodeBool(name, value)
	case "dangerouslyAllowInsecureOrigins":
		c.DangerouslyAllowInsecureOrigins = d.decodeBool(name, value)
	case "dangerouslyAllowPublicSuffixes":
		c.DangerouslyAllowPublicSuffixes = d.decodeBool(name, value)
	case "dangerouslyAllowNull":
		c.DangerouslyAllowNull = d.decodeBool(name, value)
	case "dangerouslyAllowAnyExtensions":
		c.DangerouslyAllowAnyExtensions = d.decodeBool(name, value)
	case "maxAge":
		c.MaxAge = d.decodeNumber(value, invalidMaxAge)
	case "preflightStatus":
		if status := d.decodeNumber(value, invalidPreflightStatus); status != nil {
			if c.PreflightStatus = *status; c.PreflightStatus == 0 { // which would be the field's absence
				d.findings = append(d.findings, invalidPreflightStatus("0"))
			}
		}
	default:
		return false
	}
	return true
}

func (d *decoder) invalidType(field string, index int, value []byte, want string) {
	text := string(value)
	if s, fault := strictjson.String(value); fault == nil {
		text = s
	}
	d.findings = append(d.findings, Finding{Code: CodeInvalidType, Field: field, Index: index, Value: text, Detail: "this is " + strictjson.Kind(value) + ", and is to be " + want})
}

func (d *decoder) decodeList(name string, value []byte) (list []string) {
	if string(value) == "null" {
		return nil
	}
	elements, fault := strictjson.Elements(value)
	if fault != nil {
		d.invalidType(name, -1, value, `a list of strings, such as ["…"]`)
		return nil
	}
	for _, element := range elements {
		text, fault := strictjson.String(element)
		if fault != nil {
			d.invalidType(name, len(list), element, "a string, in quotes")
		}
		list = append(list, text)
	}
	return list
}

func (d *decoder) decodeBool(name string, value []byte) bool {
	switch string(value) {
	case "true":
		return true
	case "false", "null":
	default:
		d.invalidType(name, -1, value, "true or false, without quotes")
	}
	return false
}

func (d *decoder) decodeNumber(value []byte, invalid func(text string) Finding) *int {
	text := string(value)
	if text == "null" {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err == nil {
		return &n
	}
	if s, fault := strictjson.String(value); fault == nil {
		text = s
	}
	d.findings = append(d.findings, invalid(text))
	return nil
}

// separators stand between words in other libraries' fields.
var separators = strings.NewReplacer("_", "", "-", "")

// nearest returns the one of names that name is most probably a misspelling of, or "".
func nearest(name string, names []string) string {
	if len(name) > 64 {
		return ""
	}
	lower := strings.ToLower(separators.Replace(name))
	// What others call these things, where it is not a misspelling.
	switch lower {
	case "allowedorigins", "alloworigins", "alloworigin", "allowedorigin":
		return "origins"
	case "allowedmethods", "allowmethods":
		return "methods"
	case "allowedheaders", "allowheaders":
		return "requestHeaders"
	case "responseheaders":
		return "exposeHeaders"
	case "allowcredentials", "supportscredentials":
		return "credentials"
	case "maxageinseconds", "maxageseconds":
		return "maxAge"
	case "optionssuccessstatus", "optionsresponsestatuscode", "preflightsuccessstatus":
		return "preflightStatus"
	}
	best, least := "", maxEdits+1
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

// maxEdits is how many edits a misspelling has at most.
const maxEdits = 2

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
