package fetch

import (
	"testing"
	"time"

	"github.com/corspec/corspec/origin"
)

// Who follows the advice gets through, also with credentials.
func TestExplainWithCredentials(t *testing.T) {
	r, err := NewRequest("GET", "https://b.example/", origin.MustParse("https://a.example"))
	if err != nil {
		t.Fatal(err)
	}
	r.Credentials = CredentialsInclude
	var agent Agent
	headers := HeaderList{}
	for range 2 {
		m, err := agent.Start(time.Time{}, r)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Receive(time.Time{}, Response{Status: 200, Headers: headers}); err != nil {
			t.Fatal(err)
		}
		if headers = m.Explain().Send; headers == nil {
			return
		}
	}
	t.Errorf("with what was advised, it is still %v", headers)
}
