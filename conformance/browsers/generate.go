package main

// Scenarios returns all scenarios, in a stable order.
func Scenarios() []*Scenario {
	return unique(append(combinations(), families()...))
}
