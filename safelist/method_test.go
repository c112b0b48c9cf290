package safelist

import "testing"

func TestMethods(t *testing.T) {
	for _, c := range []struct {
		method                        string
		isMethod, safelisted, forbids bool
		normalized                    string
	}{
		{"GET", true, true, false, "GET"},
		{"HEAD", true, true, false, "HEAD"},
		{"POST", true, true, false, "POST"},
		{"get", true, false, false, "GET"},
		{"Post", true, false, false, "POST"},   // T45
		{"patch", true, false, false, "patch"}, // T45
		{"PATCH", true, false, false, "PATCH"},
		{"chicken", true, false, false, "chicken"}, // T45
		{"options", true, false, false, "OPTIONS"}, // T45
		{"dElEtE", true, false, false, "DELETE"},
		{"put", true, false, false, "PUT"},
		{"head", true, false, false, "HEAD"},
		{"QUERY", true, false, false, "QUERY"},
		{"cOnNeCt", true, false, true, "cOnNeCt"}, // T48
		{"TRACK", true, false, true, "TRACK"},     // T48
		{"trace", true, false, true, "trace"},
		{"TRACES", true, false, false, "TRACES"},
		{"", false, false, false, ""},
		{"GET ", false, false, false, "GET "},
		{"G\xcbT", false, false, false, "G\xcbT"},
		{"po\u017ft", false, false, false, "po\u017ft"}, // folds to POST in Unicode only
		{"trac\u212a", false, false, false, "trac\u212a"},
		{"*", true, false, false, "*"},
	} {
		if reason := CheckMethod(c.method); (reason.OK() || c.method == "") && reason.Byte != -1 {
			t.Errorf("CheckMethod(%q) is at byte %d", c.method, reason.Byte)
		}
		if got := IsMethod(c.method); got != c.isMethod || CheckMethod(c.method).OK() != got {
			t.Errorf("IsMethod(%q) = %v, %v", c.method, got, CheckMethod(c.method))
		}
		if got := IsCORSSafelistedMethod(c.method); got != c.safelisted {
			t.Errorf("IsCORSSafelistedMethod(%q) = %v", c.method, got)
		}
		if got := IsForbiddenMethod(c.method); got != c.forbids {
			t.Errorf("IsForbiddenMethod(%q) = %v", c.method, got)
		}
		if got := NormalizeMethod(c.method); got != c.normalized {
			t.Errorf("NormalizeMethod(%q) = %q, want %q", c.method, got, c.normalized)
		}
	}
}
