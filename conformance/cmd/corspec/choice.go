package main

import (
	"encoding"
	"fmt"
	"slices"
	"strings"

	"github.com/corspec/corspec/conformance/servertest"
	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/quote"
)

// A choice is an enumeration from which the command takes some values. The others are refused later, with a reason that
// is their own, but never offered.
type choice struct {
	what  string // the standard's term
	names []string
}

var (
	modeChoice           = choiceOf("request mode", fetch.ModeNavigate, fetch.ModeWebSocket, fetch.ModeWebTransport)
	credentialsChoice    = choiceOf[fetch.CredentialsMode]("credentials mode")
	redirectChoice       = choiceOf[fetch.RedirectMode]("redirect mode")
	referrerPolicyChoice = choiceOf[fetch.ReferrerPolicy]("referrer policy")
	embedderPolicyChoice = choiceOf[fetch.EmbedderPolicyValue]("embedder policy value")
	destinationChoice    = choiceOf[fetch.Destination]("destination")
	elementChoice        = choiceOf("element", withoutCORS...)
	severityChoice       = choiceOf("severity", servertest.SeverityNote)
)

// choiceOf returns the enumeration of type E without some of its values.
func choiceOf[E interface {
	~uint8
	encoding.TextMarshaler
}](what string, except ...E) choice {
	c := choice{what: what}
	for e := range ^E(0) {
		if name, err := e.MarshalText(); err == nil && len(name) > 0 && !slices.Contains(except, e) {
			c.names = append(c.names, string(name))
		}
	}
	return c
}

// read sets a value to the one of that name.
func (c choice) read(into encoding.TextUnmarshaler, name string) error {
	if into.UnmarshalText([]byte(name)) == nil {
		return nil
	}
	return fmt.Errorf("%s %s does not exist; use one of %s", c.what, quote.Quote(name), strings.Join(c.names, ", "))
}

// flag returns the flag for a value, which has its default.
func (c choice) flag(value choiceValue) choiceFlag { return choiceFlag{c, value} }

type choiceValue interface {
	encoding.TextUnmarshaler
	fmt.Stringer
}

type choiceFlag struct {
	choice choice
	value  choiceValue
}

func (f choiceFlag) String() string {
	if f.value == nil {
		return ""
	}
	return f.value.String()
}

func (f choiceFlag) Set(name string) error { return f.choice.read(f.value, name) }
