package main

// Scenarios returns all scenarios, in a stable order.
func Scenarios() []*Scenario {
	vectors, _ := vectorScenarios()
	return unique(append(append(combinations(), families()...), vectors...))
}
