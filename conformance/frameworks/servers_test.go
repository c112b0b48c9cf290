package frameworks

import (
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
)

// A mount is a server of a framework, with a policy or the framework's own middleware in front of the application.
type mount struct {
	framework string
	name      string // what is in front of the application, as code
	kind      kind
	chooses   bool    // one middleware chooses the policy of each request; else that of /inner/ is within the other
	own       []probe // in place of probes, for another application
	start     func(t *testing.T) (url string)
}

func (m mount) probes() []probe {
	if m.own != nil {
		return m.own
	}
	return probes
}

func (m mount) id() string { return m.framework + ", " + m.name }

type kind int

const (
	kindPlain kind = iota // the policy sets its headers before the application runs, which may change them
	kindOver              // what the application does to CORS headers is of no effect
	kindOther             // the framework's own middleware, or a place that README.md does not recommend
)

// mounts has all servers, those of one framework side by side.
var mounts = slices.Concat(netHTTPMounts(), chiMounts(), ginMounts(), echoMounts(), fiberMounts(), fastHTTPMounts(), hertzMounts(), lambdaMounts(), connectMounts(), proxyMounts())

// serve starts a server for h, until the test ends.
func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = discard
	s.Start()
	t.Cleanup(s.Close)
	return s.URL
}

// listen opens a port of this machine.
func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}
