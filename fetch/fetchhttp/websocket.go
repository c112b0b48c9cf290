package fetchhttp

import (
	"context"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/initiator"
	"github.com/corspec/corspec/fetch/webapi"
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/quote"
)

// A WebSocket is an open connection. What is read and written are frames, which are the caller's to make. Close closes
// the connection, without a frame.
type WebSocket struct {
	io.ReadWriteCloser
	Protocol string // that the server has chosen, or empty
	Trace    fetch.Trace
	Withheld []Withheld // the cookies that did not go along, or were not kept
}

// WebSocket opens a WebSocket as new WebSocket(url, protocols) does on the page: with its Origin and with cookies,
// whatever the server is, without a preflight and without a CORS check. Nothing but the server keeps a page of another
// site out. The URL is of ws or wss, http or https.
//
// The error is a [*BlockedError] where the browser or the transport does not open the connection, the server's refusal
// included, and a [*webapi.Exception] where the constructor throws. Cancelling the context closes the connection.
//
// https://websockets.spec.whatwg.org/#concept-websocket-establish
func (p *Page) WebSocket(ctx context.Context, url string, protocols ...string) (*WebSocket, error) {
	u, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	if _, fragment := u.Fragment(); fragment || !slices.Contains([]string{"ws", "wss", "http", "https"}, u.Scheme()) {
		return nil, &webapi.Exception{Name: "SyntaxError", Part: "URL", Value: url, Offset: -1, Reason: "want ws:// or wss://, and nothing behind #"}
	}
	for i, protocol := range protocols {
		if !header.IsToken(protocol) || slices.Contains(protocols[:i], protocol) {
			return nil, &webapi.Exception{Name: "SyntaxError", Part: "protocol", Value: protocol, Offset: -1, Reason: "not a token, or there twice"}
		}
	}
	key := make([]byte, 16)
	rand.Read(key)
	encoded := base64.StdEncoding.EncodeToString(key)
	headers := fetch.HeaderList{{"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {"Sec-WebSocket-Key", encoded}, {"Sec-WebSocket-Version", "13"}}
	if len(protocols) > 0 {
		headers = append(headers, [2]string{"Sec-WebSocket-Protocol", strings.Join(protocols, ", ")})
	}
	r, _ := initiator.Request(initiator.KindWebSocket, u, p.origin, initiator.Settings{})
	r.Headers = headers
	resp, err := p.Do(ctx, r, nil, func(c *call) { c.opens = true })
	if err != nil {
		return nil, err
	}
	protocol, fault := checkHandshake(resp.Response, encoded, protocols)
	body, _ := resp.Body.(whenClosed)
	conn, ok := body.ReadCloser.(io.ReadWriteCloser)
	if fault == nil && !ok {
		fault = fmt.Errorf("the transport %T gives no connection with the status 101", p.agent.transport())
	}
	if fault != nil {
		resp.Body.Close()
		return nil, &BlockedError{Trace: resp.Trace, Withheld: resp.Withheld, Err: fault}
	}
	return &WebSocket{duplex{conn, conn, resp.Body}, protocol, resp.Trace, resp.Withheld}, nil
}

// checkHandshake returns the protocol that the server has chosen, or what is wrong with its answer.
//
// https://www.rfc-editor.org/rfc/rfc6455#section-4.1
func checkHandshake(resp *http.Response, key string, protocols []string) (protocol string, fault error) {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	l := headerList(resp.Header)
	get := func(name string) string { value, _ := l.Get(name); return value }
	protocol = get("Sec-WebSocket-Protocol")
	switch {
	case resp.StatusCode != http.StatusSwitchingProtocols:
		return "", fmt.Errorf("the server answered %s, and only 101 opens a WebSocket", strings.TrimSpace(fmt.Sprint(resp.StatusCode, " ", http.StatusText(resp.StatusCode))))
	case protocol == "" && len(protocols) > 0: // to clients other than browsers, the server may leave it out
		return "", fmt.Errorf("the server chose none of the protocols %q", protocols)
	case !header.EqualFold(get("Upgrade"), "websocket"):
		return "", fmt.Errorf("the response's Upgrade is %s, want websocket", quote.Quote(get("Upgrade")))
	case !slices.ContainsFunc(header.GetDecodeAndSplit(l, "Connection"), func(s string) bool { return header.EqualFold(s, "Upgrade") }):
		return "", errors.New("the response's Connection does not say Upgrade")
	case get("Sec-WebSocket-Accept") != base64.StdEncoding.EncodeToString(sum[:]):
		return "", errors.New("the response's Sec-WebSocket-Accept is not the answer to the key")
	case get("Sec-WebSocket-Extensions") != "":
		return "", fmt.Errorf("the server uses the extension %s, and the page has asked for none", quote.Quote(get("Sec-WebSocket-Extensions")))
	case protocol != "" && !slices.Contains(protocols, protocol):
		return "", fmt.Errorf("the server chose the protocol %s, which the page has not named", quote.Quote(protocol))
	}
	return protocol, nil
}
