package main

import (
	"errors"
	"fmt"

	"github.com/corspec/corspec/conformance/internal/input"
	"github.com/corspec/corspec/fetch"
)

// readRequests judges the requests of a file of the executor's kind.
func (e *explanations) readRequests(data []byte) error {
	o := input.Read(data)
	f := o.Fetch()
	err := o.End()
	agent := f.Agent(fetch.ProfileStandard)
	for i := range f.Requests {
		if err != nil {
			break
		}
		r := &f.Requests[i]
		a := &answered{url: r.Request.CurrentURL().String(), request: &checkRequest{origin: r.Request.Origin, method: r.Request.Method,
			mode: r.Request.Mode, credentials: r.Request.Credentials, redirect: r.Request.Redirect}}
		err = a.run(agent, r.At, r.Request, func(action fetch.Action) (fetch.ResponseHead, string) {
			head, ok, field := f.Answer(action)
			if !ok {
				return head, "the file has no answer to this: give one in " + field
			}
			return head, ""
		})
		if err != nil {
			err = r.Fail(err)
		}
		e.fetches = append(e.fetches, a)
	}
	var unread *input.Error
	if errors.As(err, &unread) {
		return fmt.Errorf("%s:%s: %w", e.Source, place(data, int64(unread.Offset)), err)
	}
	return err
}
