package safelist

import "testing"

func TestStatuses(t *testing.T) {
	nullBody := map[int]bool{101: true, 103: true, 204: true, 205: true, 304: true}
	redirect := map[int]bool{301: true, 302: true, 303: true, 307: true, 308: true}
	for status := -1; status <= 1000; status++ {
		for _, c := range []struct {
			name      string
			got, want bool
		}{
			{"null body", IsNullBodyStatus(status), nullBody[status]},
			{"ok", IsOKStatus(status), status/100 == 2},
			{"range", IsRangeStatus(status), status == 206 || status == 416},
			{"redirect", IsRedirectStatus(status), redirect[status]},
		} {
			if c.got != c.want {
				t.Errorf("%d is %s status: got %v", status, c.name, c.got)
			}
		}
	}
}

func TestIsRedirectStatus(t *testing.T) {
	t.Run("T147 not all of 3xx redirects", func(t *testing.T) {
		for _, status := range []int{300, 304, 305, 306} {
			if IsRedirectStatus(status) {
				t.Errorf("%d is a redirect status", status)
			}
		}
	})
}
