package fetch_test

import (
	"fmt"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
)

func ExampleElementRequest() {
	u, page := origin.MustParseURL("https://cdn.example/a"), origin.MustParse("https://app.example")
	anonymous := fetch.ParseCORSSettingsAttribute("") // <img crossorigin>
	for _, s := range []fetch.ElementSettings{{}, {CrossOrigin: anonymous}} {
		r := fetch.ElementRequest(fetch.ElementImage, u, page, s)
		fmt.Println(r.Mode, r.Credentials, r.Destination)
	}
	fmt.Println("a canvas stays readable:", fetch.CORSSameOrigin(fetch.ResponseTypeOpaque), fetch.CORSSameOrigin(fetch.ResponseTypeCORS))
	// Output:
	// no-cors include image
	// cors same-origin image
	// a canvas stays readable: false true
}
