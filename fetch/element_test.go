package fetch

import (
	"testing"
	"time"

	"github.com/corspec/corspec/origin"
)

// TestElementRequest looks at what the vectors do not: destinations, flags and headers, and that each can be fetched.
func TestElementRequest(t *testing.T) {
	u, page := origin.MustParseURL("https://b.example/x"), origin.MustParse("https://a.example")
	destinations := map[Element]Destination{
		ElementImage: DestinationImage, ElementScript: DestinationScript, ElementModuleScript: DestinationScript, ElementStylesheet: DestinationStyle,
		ElementAudio: DestinationAudio, ElementVideo: DestinationVideo, ElementTrack: DestinationTrack, ElementEventSource: DestinationEmpty,
		ElementWorker: DestinationWorker, ElementModuleWorker: DestinationWorker, ElementFont: DestinationFont, ElementXHR: DestinationEmpty,
	}
	for e := ElementImage; e <= ElementXHR; e++ {
		for _, s := range []ElementSettings{
			{}, {CrossOrigin: CORSSettingsAnonymous}, {CrossOrigin: CORSSettingsUseCredentials, WithCredentials: true, UploadListener: true, Credentials: CredentialsInclude},
		} {
			r := ElementRequest(e, u, page, s)
			d, ok := destinations[e]
			if !ok || r.Destination != d || r.Method != "GET" || r.CurrentURL() != u || r.Origin != page {
				t.Errorf("%v, %+v: %+v", e, s, r)
			}
			if r.UnsafeRequest != (e == ElementXHR) || r.UseCORSPreflight != (e == ElementXHR && s.UploadListener) {
				t.Errorf("%v, %+v: unsafe-request %v, use-CORS-preflight %v", e, s, r.UnsafeRequest, r.UseCORSPreflight)
			}
			if accept, _ := r.Headers.Get("Accept"); (accept == "text/event-stream") != (e == ElementEventSource) {
				t.Errorf("%v: Accept %q", e, accept)
			}
			m, err := new(Agent).Start(time.Time{}, r)
			if err != nil {
				t.Fatalf("%v: %v", e, err)
			}
			// What has to be of the page's origin is blocked without a request.
			if sends := m.Action().Kind != ActionDone; sends == (r.Mode == ModeSameOrigin) {
				t.Errorf("%v, %+v: mode %v, next %v", e, s, r.Mode, m.Action().Kind)
			}
		}
	}
}

func TestParseCORSSettingsAttribute(t *testing.T) {
	for value, want := range map[string]CORSSettingsAttribute{
		"":                     CORSSettingsAnonymous, // the empty value default
		"anonymous":            CORSSettingsAnonymous,
		"use-credentials":      CORSSettingsUseCredentials,
		"Use-CREDENTIALS":      CORSSettingsUseCredentials,
		"include":              CORSSettingsAnonymous, // the invalid value default
		" use-credentials":     CORSSettingsAnonymous, // white space is part of the value
		"u\u017fe-credentials": CORSSettingsAnonymous, // a long s is no s
	} {
		if got := ParseCORSSettingsAttribute(value); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}

func TestElementRequestPanics(t *testing.T) {
	for _, e := range []Element{0, ElementXHR + 1} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%v: no panic", e)
				}
			}()
			ElementRequest(e, origin.MustParseURL("https://b.example/"), origin.NewOpaque(), ElementSettings{})
		}()
	}
}

func TestElementNames(t *testing.T) {
	for e := ElementImage; e <= ElementXHR; e++ {
		text, err := e.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back Element
		if err := back.UnmarshalText(text); err != nil || back != e || e.String() != string(text) {
			t.Errorf("%s: %v, %v", text, back, err)
		}
	}
	for _, name := range []string{"", "IMG", "image"} {
		if err := new(Element).UnmarshalText([]byte(name)); err == nil {
			t.Errorf("%q is taken", name)
		}
	}
	if _, err := Element(0).MarshalText(); err == nil {
		t.Error("element 0 has a name")
	}
}

func TestCORSSameOriginOfTypes(t *testing.T) {
	for rt := ResponseTypeDefault; rt <= ResponseTypeOpaqueRedirect; rt++ {
		if rt == ResponseTypeError {
			if CORSSameOrigin(rt) || CORSCrossOrigin(rt) {
				t.Error("a network error is one of the two")
			}
		} else if CORSSameOrigin(rt) == CORSCrossOrigin(rt) {
			t.Errorf("%v: both or neither", rt)
		}
	}
}
