package policy

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
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
		if meant := nearestField(m.Name); !there[meant] {
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
var fieldNames = func() (names []string) {
	for field := range reflect.TypeFor[Config]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}()

// decodeField reads a field, and reports whether there is one of that name.
func (d *decoder) decodeField(name string, value []byte) bool {
	i := slices.Index(fieldNames, name)
	if i < 0 {
		return false
	}
	switch field := reflect.ValueOf(&d.config).Elem().Field(i).Addr().Interface().(type) {
	case *[]string:
		*field = d.decodeList(name, value)
	case *bool:
		*field = d.decodeBool(name, value)
	case **int: // MaxAge
		*field = d.decodeNumber(value, invalidMaxAge)
	case *int: // PreflightStatus
		if status := d.decodeNumber(value, invalidPreflightStatus); status != nil {
			if *field = *status; *status == 0 { // which would be the field's absence
				d.findings = append(d.findings, invalidPreflightStatus("0"))
			}
		}
	}
	return true
}

// textOf returns a value as people write it: a string without its quotes.
func textOf(value []byte) string {
	if s, fault := strictjson.String(value); fault == nil {
		return s
	}
	return string(value)
}

func (d *decoder) invalidType(field string, index int, value []byte, want string) {
	detail := "this is " + strictjson.Kind(value) + ", and is to be " + want
	d.findings = append(d.findings, Finding{CodeInvalidType, field, index, textOf(value), "", detail})
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
	text := string(value)
	if text != "true" && text != "false" && text != "null" {
		d.invalidType(name, -1, value, "true or false, without quotes")
	}
	return text == "true"
}

func (d *decoder) decodeNumber(value []byte, invalid func(text string) Finding) *int {
	if string(value) == "null" {
		return nil
	}
	n, err := strconv.Atoi(string(value))
	if err != nil {
		d.findings = append(d.findings, invalid(textOf(value)))
		return nil
	}
	return &n
}

// separators stand between words in other libraries' fields.
var separators = strings.NewReplacer("_", "", "-", "")

// synonyms are what others call these fields, where that is not a misspelling.
var synonyms = map[string]string{
	"allowedorigins": "origins", "alloworigins": "origins", "alloworigin": "origins", "allowedorigin": "origins",
	"allowedmethods": "methods", "allowmethods": "methods",
	"allowedheaders": "requestHeaders", "allowheaders": "requestHeaders",
	"responseheaders":  "exposeHeaders",
	"allowcredentials": "credentials", "supportscredentials": "credentials",
	"maxageinseconds": "maxAge", "maxageseconds": "maxAge",
	"optionssuccessstatus": "preflightStatus", "optionsresponsestatuscode": "preflightStatus", "preflightsuccessstatus": "preflightStatus",
}

// nearestField returns the field that name is most probably meant for, or "".
func nearestField(name string) string {
	if len(name) > 64 {
		return ""
	}
	lower := strings.ToLower(separators.Replace(name))
	best, least := synonyms[lower], maxEdits+1 // which are not misspellings of others
	for _, candidate := range fieldNames {
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
