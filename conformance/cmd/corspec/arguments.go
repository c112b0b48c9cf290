package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
)

// A repeatable is the value of a flag that may be given more than once.
type repeatable interface{ repeats() }

// parseArguments parses flags, which may stand before and behind the other arguments, and returns those. Where ok is
// false the command ends with that status. Help that was asked for is output; a mistake is told in a line, which the
// whole help would push off the screen.
//
// With a curl line, options of curl count too: those that are not flags of the command, and all behind the word curl
// except flags of several letters with one dash.
func parseArguments(flags *flag.FlagSet, args []string, curl *curlLine, stdout io.Writer) (rest []string, status int, ok bool) {
	stderr := flags.Output()
	p := argumentParser{flags: flags, curl: curl, left: args, given: map[string]bool{}}
	err := p.parse()
	switch {
	case errors.Is(err, flag.ErrHelp):
		flags.SetOutput(stdout)
		flags.Usage()
		flags.SetOutput(stderr)
		return nil, exitOK, false
	case err != nil:
		fmt.Fprintf(stderr, "corspec %s: %v\ncorspec %[1]s -h prints the flags.\n", flags.Name(), err)
		return nil, exitUsage, false
	}
	return p.rest, exitOK, true
}

type argumentParser struct {
	flags *flag.FlagSet
	curl  *curlLine // nil where curl's options mean nothing
	left  []string  // what is to be read yet
	rest  []string  // arguments that are not flags
	given map[string]bool
}

func (p *argumentParser) parse() error {
	for len(p.left) > 0 {
		arg := p.left[0]
		p.left = p.left[1:]
		var err error
		switch {
		case arg == "--":
			p.rest = append(p.rest, p.left...)
			p.left = nil
		case len(arg) > 1 && arg[0] == '-':
			err = p.option(arg)
		case p.curl != nil && !p.curl.named && len(p.rest) == 0 && isCurl(arg):
			p.curl.named = true
		default:
			p.rest = append(p.rest, arg)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// option takes in an argument that begins with a dash, and its value.
func (p *argumentParser) option(arg string) error {
	name := strings.TrimPrefix(arg[1:], "-")
	double := len(name)+2 == len(arg)
	name, value, hasValue := strings.Cut(name, "=")
	if p.curl != nil {
		o, isCurls := lookUpCurl(name, double)
		behind := p.curl.named && (double || len(name) == 1) // behind the word curl, what curl knows is curl's
		// corspec's -json prints JSON, and curl's --json takes some to send.
		sends := name == "json" && double && !hasValue && len(p.left) > 0 && looksLikeJSON(p.left[0])
		if isCurls && !hasValue && (behind || sends || p.flags.Lookup(name) == nil) {
			return p.curlOption(o, arg)
		}
	}
	f := p.flags.Lookup(name)
	switch {
	case f == nil && (name == "h" || name == "help"):
		return flag.ErrHelp
	case f == nil && p.curl != nil && !double && p.curl.readsCluster(arg):
		return p.cluster(arg[1:])
	case f == nil:
		return fmt.Errorf("flag provided but not defined: %s", arg)
	}
	_, mayRepeat := f.Value.(repeatable)
	if p.given[name] && !mayRepeat {
		return fmt.Errorf("flag -%s is given twice", name)
	}
	p.given[name] = true
	if b, ok := f.Value.(interface{ IsBoolFlag() bool }); ok && b.IsBoolFlag() {
		if !hasValue {
			value = "true"
		}
	} else if !hasValue {
		if len(p.left) == 0 {
			return fmt.Errorf("flag needs an argument: -%s", name)
		}
		value, p.left = p.left[0], p.left[1:]
	}
	if err := p.flags.Set(name, value); err != nil {
		return fmt.Errorf("invalid value %q for flag -%s: %w", value, name, err)
	}
	return nil
}

// curlOption takes in an option of curl that stands alone.
func (p *argumentParser) curlOption(o curlOption, arg string) error {
	value := ""
	if o.takes {
		if len(p.left) == 0 {
			return fmt.Errorf("curl's option %s needs a value", arg)
		}
		value, p.left = p.left[0], p.left[1:]
	}
	return p.curl.apply(o, arg, value)
}

// cluster takes in several of curl's letters behind one dash, or one with its value, as in -sSXPOST.
func (p *argumentParser) cluster(letters string) error {
	for i := range len(letters) {
		o, ok := lookUpCurl(letters[i:i+1], false)
		if !ok {
			return fmt.Errorf("curl has no option -%s", letters[i:i+1])
		}
		if value := letters[i+1:]; o.takes && value != "" {
			return p.curl.apply(o, "-"+letters[i:i+1], value)
		}
		if err := p.curlOption(o, "-"+letters[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

// looksLikeJSON tells the data of curl's --json from a URL.
func looksLikeJSON(s string) bool {
	return s != "" && strings.IndexByte(`{["@`, s[0]) >= 0 || s == "true" || s == "false" || s == "null"
}
