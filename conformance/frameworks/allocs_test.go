package frameworks

import (
	"testing"

	"github.com/valyala/fasthttp"

	"github.com/corspec/corspec/conformance/frameworks/probes"
)

// TestAllocations holds that the adapters for fasthttp, fiber and hertz allocate nothing, and those for net/http once
// at most.
func TestAllocations(t *testing.T) {
	p := probes.NewPolicy(t, workloadOrigins...)
	cors := probes.Middleware(t, workloadOrigins...)
	for _, w := range workloads {
		for _, c := range []struct {
			name          string
			with, without loop
			most          float64
		}{
			{"fasthttp", fastLoop(FastHTTP(p, func(*fasthttp.RequestCtx) {}), w), fastLoop(func(*fasthttp.RequestCtx) {}, w), 0},
			{"fiber", fiberLoop(Fiber(p), w), fiberLoop(nil, w), 0},
			{"hertz", hertzLoop(t, Hertz(p), w), hertzLoop(t, nil, w), 0},
			{"gin", ginLoop(t, nil, cors.Wrap, w), ginLoop(t, nil, unwrapped, w), 1},
			{"gin, in a group", ginLoop(t, Gin(cors), unwrapped, w), ginLoop(t, nil, unwrapped, w), 1},
			{"echo", echoLoop(t, nil, cors.Wrap, w), echoLoop(t, nil, unwrapped, w), 1},
			{"echo, in a group", echoLoop(t, Echo(cors), unwrapped, w), echoLoop(t, nil, unwrapped, w), 1},
		} {
			with, without := testing.AllocsPerRun(100, c.with.serve), testing.AllocsPerRun(100, c.without.serve)
			if got := c.with.allowsOrigin(); got != w.allowsOrigin {
				t.Errorf("%s, %s: allows %q, want %q", c.name, w.name, got, w.allowsOrigin)
			}
			if with > without+c.most {
				t.Errorf("%s, %s: %v allocations, %v without the policy", c.name, w.name, with, without)
			}
		}
	}
}
