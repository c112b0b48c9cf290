package initiator_test

import (
	"fmt"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/initiator"
	"github.com/corspec/corspec/origin"
)

// A loader of pages makes the request of an img element by its crossorigin attribute, and knows what a canvas may read.
func ExampleRequest() {
	u, page := origin.MustParseURL("https://cdn.example/a"), origin.MustParse("https://app.example")
	anonymous := initiator.ParseCORSSettings("") // <img crossorigin>
	for _, s := range []initiator.Settings{{}, {CrossOrigin: anonymous}} {
		r, _ := initiator.Request(initiator.KindImg, u, page, s)
		fmt.Println(r.Mode, r.Credentials, r.Destination)
	}
	fmt.Println("a canvas stays readable:", initiator.CORSSameOrigin(fetch.ResponseTypeOpaque), initiator.CORSSameOrigin(fetch.ResponseTypeCORS))
	// Output:
	// no-cors include image
	// cors same-origin image
	// a canvas stays readable: false true
}

// An author of pages asks whether a preload is used: its destination, mode and credentials mode have to be those of the
// later request. A font is always fetched with CORS, so that its preload needs crossorigin.
func ExampleRequest_preload() {
	u, page := origin.MustParseURL("https://cdn.example/a.woff2"), origin.MustParse("https://app.example")
	font, _ := initiator.Request(initiator.KindFont, u, page, initiator.Settings{})
	for _, s := range []initiator.Settings{{As: "font"}, {As: "font", CrossOrigin: initiator.CORSSettingsAnonymous}, {As: "fonts"}} {
		preload, ok := initiator.Request(initiator.KindLinkPreload, u, page, s)
		used := ok && preload.Destination == font.Destination && preload.Mode == font.Mode && preload.Credentials == font.Credentials
		fmt.Printf("as=%s, %s: fetched %v, used %v\n", s.As, s.CrossOrigin, ok, used)
	}
	// Output:
	// as=font, No CORS: fetched true, used false
	// as=font, Anonymous: fetched true, used true
	// as=fonts, No CORS: fetched false, used false
}
