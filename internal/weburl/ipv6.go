package weburl

import "strconv"

// parseIPv6 is the IPv6 parser; s stands without its brackets.
//
// https://url.spec.whatwg.org/#concept-ipv6-parser
func parseIPv6(s string) (address [8]uint16, err *Error) {
	pieceIndex, compress, p := 0, -1, 0
	if p < len(s) && s[p] == ':' { // IPv6 parser, step 5.
		if p+1 >= len(s) || s[p+1] != ':' {
			return address, fail(p, ReasonIPv6Compression)
		}
		p += 2
		pieceIndex++
		compress = pieceIndex
	}
	for p < len(s) { // IPv6 parser, step 6.
		if pieceIndex == 8 { // IPv6 parser, step 6.1.
			return address, fail(p, ReasonIPv6TooManyPieces)
		}
		if s[p] == ':' { // IPv6 parser, step 6.2.
			if compress >= 0 {
				return address, fail(p, ReasonIPv6Multiple)
			}
			p++
			pieceIndex++
			compress = pieceIndex
			continue
		}
		value, length := uint16(0), 0
		for length < 4 && p < len(s) && classes[s[p]].has(hexDigit) { // IPv6 parser, step 6.4.
			value = value<<4 | uint16(unhex(s[p]))
			p++
			length++
		}
		if p < len(s) && s[p] == '.' { // IPv6 parser, step 6.5.
			if length == 0 {
				return address, fail(p, ReasonIPv6v4InvalidCodeUnit)
			}
			p -= length
			if pieceIndex > 6 { // IPv6 parser, step 6.5.3.
				return address, fail(p, ReasonIPv6v4TooManyPieces)
			}
			if err := parseIPv4InIPv6(s, p, address[pieceIndex:pieceIndex+2]); err != nil {
				return address, err
			}
			pieceIndex += 2
			break
		}
		if p < len(s) && s[p] == ':' { // IPv6 parser, step 6.6.
			p++
			if p == len(s) {
				return address, fail(p-1, ReasonIPv6InvalidCodePoint)
			}
		} else if p < len(s) { // IPv6 parser, step 6.7.
			return address, fail(p, ReasonIPv6InvalidCodePoint)
		}
		address[pieceIndex] = value
		pieceIndex++
	}
	if compress >= 0 { // IPv6 parser, step 7.
		swaps := pieceIndex - compress
		for i := 7; i != 0 && swaps > 0; i, swaps = i-1, swaps-1 {
			j := compress + swaps - 1
			address[i], address[j] = address[j], address[i]
		}
	} else if pieceIndex != 8 { // IPv6 parser, step 8.
		return address, fail(len(s), ReasonIPv6TooFewPieces)
	}
	return address, nil
}

// parseIPv4InIPv6 reads the rest of s, a dotted address, which is stored in two pieces. IPv6 parser, steps 6.5.4 to
// 6.5.6.
func parseIPv4InIPv6(s string, p int, pieces []uint16) *Error {
	seen := 0
	for p < len(s) {
		if seen > 0 {
			if s[p] != '.' || seen >= 4 {
				return fail(p, ReasonIPv6v4InvalidCodeUnit)
			}
			p++
		}
		if p >= len(s) || !classes[s[p]].has(digit) {
			return fail(min(p, len(s)), ReasonIPv6v4InvalidCodeUnit)
		}
		piece := -1
		for p < len(s) && classes[s[p]].has(digit) {
			number := int(s[p] - '0')
			switch piece {
			case -1:
				piece = number
			case 0:
				return fail(p, ReasonIPv6v4InvalidCodeUnit)
			default:
				piece = piece*10 + number
			}
			if piece > 255 {
				return fail(p, ReasonIPv6v4OutOfRange)
			}
			p++
		}
		pieces[seen/2] = pieces[seen/2]<<8 + uint16(piece)
		seen++
	}
	if seen != 4 {
		return fail(len(s), ReasonIPv6v4TooFewParts)
	}
	return nil
}

// appendIPv6 is the IPv6 serializer, without brackets.
//
// https://url.spec.whatwg.org/#concept-ipv6-serializer
func appendIPv6(b []byte, address [8]uint16) []byte {
	compress := compressedPieceIndex(address)
	ignore0 := false
	for i, piece := range address {
		if ignore0 && piece == 0 { // IPv6 serializer, step 4.1.
			continue
		}
		ignore0 = false
		if compress == i { // IPv6 serializer, step 4.3.
			if i == 0 {
				b = append(b, ':')
			}
			b = append(b, ':')
			ignore0 = true
			continue
		}
		b = strconv.AppendUint(b, uint64(piece), 16)
		if i != 7 {
			b = append(b, ':')
		}
	}
	return b
}

// compressedPieceIndex is the start of the first longest run of two or more zero pieces, or -1.
//
// https://url.spec.whatwg.org/#find-the-ipv6-address-compressed-piece-index
func compressedPieceIndex(address [8]uint16) int {
	longest, longestSize := -1, 1
	found, foundSize := -1, 0
	for i, piece := range address {
		if piece != 0 {
			if foundSize > longestSize {
				longest, longestSize = found, foundSize
			}
			found, foundSize = -1, 0
			continue
		}
		if found < 0 {
			found = i
		}
		foundSize++
	}
	if foundSize > longestSize {
		return found
	}
	return longest
}

// isCanonicalIPv6 reports whether the IPv6 serializer can return s: pieces without leading zeros, and "::" for the
// first longest run of two or more zero pieces.
func isCanonicalIPv6(s string) bool {
	pieces := 0
	compressAt := -1                            // How many pieces stand before "::".
	run, longestBefore, longestAfter := 0, 0, 0 // Runs of zero pieces written out.
	for i := 0; i < len(s); {
		if s[i] == ':' { // Behind a piece and its colon, or at the start, as "::".
			if compressAt >= 0 || run > 0 {
				return false
			}
			if i == 0 {
				if len(s) < 2 || s[1] != ':' {
					return false
				}
				i++
			}
			compressAt = pieces
			i++
			continue
		}
		start := i
		for i < len(s) && i-start < 4 && classes[s[i]]&(hexDigit|upper) == hexDigit {
			i++
		}
		if i == start || s[start] == '0' && i-start > 1 || pieces == 8 {
			return false
		}
		pieces++
		if s[start] == '0' {
			if compressAt == pieces-1 {
				return false // The run goes on where it was compressed.
			}
			run++
		} else {
			run = 0
		}
		if compressAt < 0 {
			longestBefore = max(longestBefore, run)
		} else {
			longestAfter = max(longestAfter, run)
		}
		if i < len(s) {
			if s[i] != ':' || i+1 == len(s) {
				return false
			}
			i++
		}
	}
	if compressAt < 0 {
		return pieces == 8 && longestBefore < 2
	}
	compressedRun := 8 - pieces
	return compressedRun >= 2 && longestBefore < compressedRun && longestAfter <= compressedRun
}
