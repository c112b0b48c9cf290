package policyhttp_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchtest"
	"github.com/corspec/corspec/policy"
)

// TestCrossOriginProtectionBelongsInside holds what Example_crossOriginProtection says of the order: an allowed page
// that is refused sees status 403 where the protection is inside, and a network error where it is outside.
func TestCrossOriginProtectionBelongsInside(t *testing.T) {
	cors := middleware(t, policy.Config{Origins: []string{"https://reader.example"}, Credentials: true})
	protection := http.NewCrossOriginProtection()
	r := httptest.NewRequest("POST", "https://api.example/orders", nil)
	r.Header.Set("Content-Type", "text/plain")

	inside := cors.Wrap(protection.Handler(hello))
	if response := fetchtest.MayRead(t, "https://reader.example", inside, r); response.StatusCode != http.StatusForbidden {
		t.Errorf("the page reads status %d", response.StatusCode)
	}
	fetchtest.Blocked(t, "https://evil.example", inside, r, fetch.CodeMissingAllowOrigin)
	if response := fetchtest.MayRead(t, "https://api.example", inside, r); response.StatusCode != http.StatusOK {
		t.Errorf("the site itself reads status %d", response.StatusCode)
	}

	outside := protection.Handler(cors.Wrap(hello))
	fetchtest.Blocked(t, "https://reader.example", outside, r, fetch.CodeMissingAllowOrigin)
}
