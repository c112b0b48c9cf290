package main

import (
	"crypto/sha1"
	"encoding/base64"
)

// importingJS is a worker that imports what it is told, and says what came of it.
const importingJS = `onmessage = e => {
  try {
    importScripts(e.data);
    postMessage({outcome: 'load'});
  } catch (x) {
    postMessage({outcome: 'error', message: String(x)});
  }
};
`

// arrivedIn returns how many requests of a scenario have come.
func (s *Servers) arrivedIn(folder string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.running[folder]; r != nil {
		return len(r.heads)
	}
	return 0
}

// acceptOf is the Sec-WebSocket-Accept for a key (RFC 6455, 4.2.2).
func acceptOf(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}
