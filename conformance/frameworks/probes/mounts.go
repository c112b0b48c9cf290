package probes

import (
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
)

// A Mount is a server of a framework, with a policy or the framework's own middleware in front of the application.
type Mount struct {
	Framework string
	Name      string // what is in front of the application, as code
	Kind      Kind
	Chooses   bool    // one middleware chooses the policy of each request; else that of /inner/ is within the other
	Probes    []Probe // in place of probes, for another application
	Start     func(t *testing.T) (url string)
}

func (m Mount) list() []Probe {
	if m.Probes != nil {
		return m.Probes
	}
	return List
}

func (m Mount) id() string { return m.Framework + ", " + m.Name }

// A Kind says what holds of a mount.
type Kind int

// The kinds of mounts.
const (
	KindPlain Kind = iota // the policy sets its headers before the application runs, which may change them
	KindOver              // what the application does to CORS headers is of no effect
	KindOther             // the framework's own middleware, or a place that README.md does not recommend
)

// Loggers of what is not to be seen.
var (
	Discard = log.New(io.Discard, "", 0)
	Quiet   = slog.New(slog.DiscardHandler)
)

// Serve starts a server for h, until the test ends.
func Serve(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = Discard
	s.Start()
	t.Cleanup(s.Close)
	return s.URL
}

// Listen opens a port of this machine.
func Listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}
