package gateways

import (
	"flag"
	"slices"
	"testing"

	"github.com/corspec/corspec/conformance/frameworks/probes"
)

var (
	update   = flag.Bool("update", false, "write RESULTS.md")
	chromium = flag.String("chromium", "", "the program that is to make the probes, too, and write CHROMIUM.md")
)

func mounts() []probes.Mount {
	return slices.Concat(caddyMounts(), envoyMounts(), grpcMounts())
}

// TestProbes sends the probes to all gateways.
func TestProbes(t *testing.T) { probes.Test(t, mounts(), *update) }

// TestChromium sends them from pages in a real browser.
func TestChromium(t *testing.T) {
	if *chromium == "" {
		t.Skip("no -chromium: CHROMIUM.md has what came of it")
	}
	probes.Chromium(t, *chromium, mounts())
}
