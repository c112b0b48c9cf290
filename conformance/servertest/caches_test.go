package servertest

import (
	"testing"
	"time"

	"github.com/corspec/corspec/fetch"
)

// What a shared cache may serve again is said by the status, Cache-Control, Expires and Last-Modified, in RFC 9111's
// order.
func TestSharedCache(t *testing.T) {
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	type head = fetch.HeaderList
	for _, tt := range []struct {
		status  int
		headers head
		want    keeping
	}{
		{200, nil, keepsGuessing},
		{404, nil, keepsGuessing},
		{403, nil, keepsNot},
		{500, nil, keepsNot},
		{302, head{{"Cache-Control", "max-age=5"}}, keepsFresh},
		{200, head{{"Cache-Control", "public"}}, keepsFresh},
		{403, head{{"Cache-Control", "Public"}}, keepsFresh},
		{200, head{{"Cache-Control", "max-age=60"}}, keepsFresh},
		{200, head{{"Cache-Control", `max-age="60"`}}, keepsFresh},
		{200, head{{"Cache-Control", "max-age=0"}}, keepsNot},
		{200, head{{"Cache-Control", "max-age=00"}}, keepsNot},
		{200, head{{"Cache-Control", "max-age=-1"}}, keepsNot},
		{200, head{{"Cache-Control", "max-age=1.5"}}, keepsNot},
		{200, head{{"Cache-Control", "max-age"}}, keepsNot},
		{200, head{{"Cache-Control", "max-age=99999999999999999999"}}, keepsFresh},
		{200, head{{"Cache-Control", "max-age=0, s-maxage=60"}}, keepsFresh},
		{200, head{{"Cache-Control", "s-maxage=0"}, {"Cache-Control", "max-age=60"}}, keepsNot},
		{200, head{{"Cache-Control", "max-age=60, max-age=0"}}, keepsFresh},
		{200, head{{"Cache-Control", "public, no-store"}}, keepsNot},
		{200, head{{"Cache-Control", "max-age=60, private"}}, keepsNot},
		{200, head{{"Cache-Control", "NO-CACHE"}}, keepsNot},
		{200, head{{"Cache-Control", "must-revalidate"}}, keepsGuessing},
		{200, head{{"Expires", "Sun, 29 Nov 2026 12:00:01 GMT"}}, keepsFresh},
		{200, head{{"Expires", "Sun, 29 Nov 2026 12:00:00 GMT"}}, keepsNot},
		{200, head{{"Expires", "Sun, 29 Nov 2026 11:00:00 GMT"}, {"Date", "Sun, 29 Nov 2026 10:00:00 GMT"}}, keepsFresh},
		{200, head{{"Expires", "0"}}, keepsNot},
		{200, head{{"Expires", "0"}, {"Cache-Control", "max-age=60"}}, keepsFresh},
		{200, head{{"Expires", "Sun, 29 Nov 2026 13:00:00 GMT"}, {"Cache-Control", "max-age=0"}}, keepsNot},
		{200, head{{"Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT"}}, keepsFresh},
		{403, head{{"Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT"}}, keepsNot},
	} {
		if got := sharedCache(fetch.ResponseHead{Status: tt.status, Headers: tt.headers}, now); got != tt.want {
			t.Errorf("%d %v: %d, want %d", tt.status, tt.headers, got, tt.want)
		}
	}
}
