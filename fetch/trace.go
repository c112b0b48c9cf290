package fetch

import "slices"

// An Exchange is one request that a fetch made and what came back.
type Exchange struct {
	Action   Action
	Answered bool     // false: still under way, or a transport failure
	Response Response // Status and Headers as received
}

// An Outcome names what an [Event] decided. It is one of the constants below, or the [Code] of a refusal.
type Outcome string

// The outcomes of a decision that goes on.
const (
	OutcomeUpgraded               Outcome = "upgraded-to-https"
	OutcomeTaintingBasic          Outcome = "tainting-basic"
	OutcomeTaintingCORS           Outcome = "tainting-cors"
	OutcomeTaintingOpaque         Outcome = "tainting-opaque"
	OutcomeNoPreflight            Outcome = "no-preflight"
	OutcomePreflightForFlag       Outcome = "preflight-for-use-cors-preflight"
	OutcomePreflightForMethod     Outcome = "preflight-for-method"
	OutcomePreflightForHeaders    Outcome = "preflight-for-headers"
	OutcomePreflightCached        Outcome = "preflight-cached"
	OutcomePreflightPassed        Outcome = "preflight-passed"
	OutcomeCORSCheckPassed        Outcome = "cors-check-passed"
	OutcomeTAOCheckFailed         Outcome = "tao-check-failed"
	OutcomeRedirected             Outcome = "redirected"
	OutcomeOverridden             Outcome = "overridden"
	OutcomeServiceWorker          Outcome = "service-worker"
	OutcomeFilteredBasic          Outcome = "filtered-basic"
	OutcomeFilteredCORS           Outcome = "filtered-cors"
	OutcomeFilteredOpaque         Outcome = "filtered-opaque"
	OutcomeFilteredOpaqueRedirect Outcome = "filtered-opaqueredirect"
)

var taintingOutcomes = [...]Outcome{OutcomeTaintingBasic, OutcomeTaintingCORS, OutcomeTaintingOpaque}

var filteredOutcomes = [...]Outcome{ResponseTypeBasic: OutcomeFilteredBasic, ResponseTypeCORS: OutcomeFilteredCORS, ResponseTypeOpaque: OutcomeFilteredOpaque}

// preflightNeeds names the outcome of deciding whether a preflight is needed.
func preflightNeeds(reason PreflightReason) Outcome {
	switch reason {
	case PreflightReasonFlag:
		return OutcomePreflightForFlag
	case PreflightReasonMethod:
		return OutcomePreflightForMethod
	case PreflightReasonHeaders:
		return OutcomePreflightForHeaders
	}
	return OutcomeNoPreflight
}

// An Event is one decision of a fetch, with the step that made it.
type Event struct {
	Hop     int // redirects followed before
	Step    Step
	Outcome Outcome
	Subject string // the URL, method or header name that it was about, if any
}

func (m *Machine) event(e Event) {
	e.Hop = m.result.Hop
	m.events = append(m.events, e)
}

// Events returns the decisions so far, in order.
func (m *Machine) Events() []Event { return slices.Clone(m.events) }

// Exchanges returns the requests so far and their responses, in order. All of it is the caller's.
func (m *Machine) Exchanges() []Exchange {
	log := slices.Clone(m.log)
	for i := range log {
		log[i].Action.Headers = slices.Clone(log[i].Action.Headers)
		log[i].Response.Headers = slices.Clone(log[i].Response.Headers)
	}
	return log
}
