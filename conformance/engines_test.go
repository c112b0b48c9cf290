package conformance

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/corspec/corspec/conformance/internal/input"
	"github.com/corspec/corspec/fetch"
)

// TestEngineFlags holds the flags of whole fetches, "chromium-differs" and the like, against what the profiles of the
// engines do.
func TestEngineFlags(t *testing.T) {
	for _, v := range Vectors() {
		if v.Algorithm() != "fetch" {
			continue
		}
		standard := evaluateAs(t, fetch.ProfileStandard, v)
		want := slices.DeleteFunc(slices.Clone(v.Flags), func(flag string) bool { return strings.HasSuffix(flag, "-differs") })
		for _, p := range fetch.Profiles() {
			if evaluateAs(t, p, v) != standard {
				want = append(want, p.String()+"-differs")
			}
		}
		slices.Sort(want)
		if got := slices.Sorted(slices.Values(v.Flags)); !slices.Equal(got, want) {
			t.Errorf("%s has the flags %q, want %q", v.ID, got, want)
		}
	}
}

// evaluateAs returns the output of a whole fetch by that profile. An engine may refuse an input that the standard
// takes.
func evaluateAs(t *testing.T, p fetch.Profile, v Vector) string {
	t.Helper()
	output, err := evaluateFetchAs(p, input.Read(v.Input))
	if err != nil {
		return err.Error()
	}
	text, err := json.Marshal(output)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
