package fetch

import "time"

// A Trace is a fetch as one value: who made it, what of, and all that came of it. It is enough to do the fetch again.
type Trace struct {
	Agent     *Agent
	Started   time.Time
	Request   Request    // as it was when the fetch started
	Exchanges []Exchange // the requests that went out, in order, and what came back
	Events    []Event    // the decisions, in order
	Result    Result     // its verdict is not evaluated while the fetch is under way
}

// An Exchange is one request that a fetch made and what came back.
type Exchange struct {
	Action   Action
	Answered bool      // false: still under way, or a transport failure
	Received time.Time // when it was answered
	Response ResponseHead
}

// An exchange is one in a list of them.
type exchange struct {
	Exchange
	before *exchange
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
	OutcomeCORPReporting          Outcome = "corp-violation-reporting" // of the report-only embedder policy, by the URL to report
	OutcomeCORPEnforce            Outcome = "corp-violation-enforce"   // of the embedder policy
	OutcomeRedirected             Outcome = "redirected"
	OutcomeOverridden             Outcome = "overridden"
	OutcomeServiceWorker          Outcome = "service-worker"
	OutcomeStoredResponse         Outcome = "stored-response"
	OutcomeAuthentication         Outcome = "authentication"
	OutcomeNewConnection          Outcome = "new-connection"
	OutcomeFilteredBasic          Outcome = "filtered-basic"
	OutcomeFilteredCORS           Outcome = "filtered-cors"
	OutcomeFilteredOpaque         Outcome = "filtered-opaque"
	OutcomeFilteredOpaqueRedirect Outcome = "filtered-opaqueredirect"
)

var taintingOutcomes = [...]Outcome{OutcomeTaintingBasic, OutcomeTaintingCORS, OutcomeTaintingOpaque}

var filteredOutcomes = [...]Outcome{ResponseTypeBasic: OutcomeFilteredBasic, ResponseTypeCORS: OutcomeFilteredCORS, ResponseTypeOpaque: OutcomeFilteredOpaque}

// outcome is that of deciding whether a preflight is needed.
func (r PreflightReason) outcome() Outcome {
	switch r {
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
