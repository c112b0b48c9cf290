package header

import "strings"

// CollectHTTPQuotedString reads the quoted string that starts at input[pos], which must be a quotation mark, and
// returns it and the index after it. The text is what the string stands for if extract is true, and otherwise the raw
// text with its quotation marks. A string that does not end, ends with input.
//
// https://fetch.spec.whatwg.org/#collect-an-http-quoted-string
func CollectHTTPQuotedString(input string, pos int, extract bool) (text string, next int) {
	// Collect an HTTP quoted string, steps 1 to 4.
	start := pos
	pos++
	var value strings.Builder
	plain := pos // where the text not yet in value starts

	// Collect an HTTP quoted string, step 5.
	for pos < len(input) {
		c := input[pos]
		if c != '"' && c != '\\' {
			pos++
			continue
		}
		if c == '"' {
			if extract {
				value.WriteString(input[plain:pos])
			}
			pos++
			plain = pos
			break
		}
		// A backslash stands for what follows it, or, at the end, for itself.
		if pos+1 == len(input) {
			pos++
			break
		}
		if extract {
			value.WriteString(input[plain:pos])
		}
		plain = pos + 1
		pos += 2
	}

	// Collect an HTTP quoted string, step 6.
	if extract {
		if plain < pos { // it did not end
			value.WriteString(input[plain:pos])
		}
		return value.String(), pos
	}
	// Collect an HTTP quoted string, step 7.
	return input[start:pos], pos
}
