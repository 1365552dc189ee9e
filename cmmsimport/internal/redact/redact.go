// Package redact removes secrets from texts.
package redact

import (
	"regexp"
	"strings"
)

const redacted = "REDACTED"

// Where a secret may end in doubt, these patterns take too much rather than too little.
var (
	urlPattern = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://[^\s"<>` + "`" + `]+`)

	// user:password@net(address)/database of go-sql-driver, and user:password@host. "//" after the colon is a URL.
	dsnPattern   = regexp.MustCompile(`([^\s:@/"'(,;]*):(?:[^\s/]|/[^\s/])\S*@([a-z0-9]*\()`)
	loginPattern = regexp.MustCompile(`([^\s:@/"'(,;]*):(?:[^\s/"]|/[^\s/"])[^\s"]*@`)

	queryPattern = regexp.MustCompile(`(/[^\s"'?]*)\?([^\s"]*=[^\s"]*)`)

	cookiePattern = regexp.MustCompile(`(?i)\b((?:set-)?cookie[^\w\s]*[:=])[^\r\n]+`)
	bearerPattern = regexp.MustCompile(`(?i)\b(bearer[ \t]+)[^\s"'\\<>]+`)

	// The scheme goes with the value; schemes with parameters take the rest of the line.
	authorizationPattern = regexp.MustCompile(`(?i)(authorization[^\w\s:=]*[:=][ \t]*[^\w\s]*)` +
		`((?:digest|signature|hmac[\w-]*|aws4[\w-]*)[ \t][^\r\n]*|[a-z][\w-]*[ \t]+[^\s"'\\<>]+|[^\s"'\\<>]+)`)

	namedPattern = regexp.MustCompile(`(?is)\(using password: (?:YES|NO)\)|` + // says only whether one was sent
		`([\w.-]*(?:passw(?:or)?d|passphrase|passcode|pwd|secret|token|credential|signature|` +
		`api[-_ ]?key|auth[-_ ]?key|access[-_ ]?key|private[-_ ]?key|session[-_]?id)[\w.-]*|(?:\b|[_-])(?:pass|sig)|x-[\w-]*auth[\w-]*)` +
		`(\\*["']?[ \t]*(?:=>|:=|[:=])[ \t]*)` +
		`(\\"(?:[^"\\]|\\[^"\\]|\\\\\\"|\\\\)*|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|\[[^\]]*\]?|\S+)`)

	jwtPattern = regexp.MustCompile(`\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?`)
)

// Text replaces what may be a secret in a text for people by REDACTED: bearer tokens, Authorization and Cookie headers,
// the values of whatever is called password, token, secret, API key and the like (as name=value, header, JSON or escaped
// JSON), JSON web tokens, the password in a DSN, and of URLs the user information, query string and fragment. It works by
// pattern, so a secret in prose ("my word is …") is out of its reach. Redacting twice changes nothing more.
func Text(s string) string {
	for range 5 { // what one pass writes may look to another pattern like something to redact; it settles in two or three
		next := redactOnce(s)
		if next == s {
			break
		}
		s = next
	}
	return s
}

func redactOnce(s string) string {
	s = urlPattern.ReplaceAllStringFunc(s, redactURL)
	s = dsnPattern.ReplaceAllString(s, "${1}:"+redacted+"@${2}")
	s = loginPattern.ReplaceAllString(s, "${1}:"+redacted+"@")
	s = queryPattern.ReplaceAllString(s, "${1}?"+redacted)
	s = cookiePattern.ReplaceAllString(s, "${1} "+redacted)
	s = authorizationPattern.ReplaceAllStringFunc(s, redactAuthorization)
	s = bearerPattern.ReplaceAllString(s, "${1}"+redacted)
	s = namedPattern.ReplaceAllStringFunc(s, redactNamed)
	return jwtPattern.ReplaceAllString(s, redacted)
}

func redactURL(u string) string {
	scheme, rest, _ := strings.Cut(u, "://")
	rest, trail := splitTrail(rest)

	authority := rest
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority = rest[:i]
	}
	at := strings.LastIndexByte(authority, '@')
	asPort := strings.Contains(authority, ":") && strings.IndexAny(rest[len(authority):], "?#") == 0 // a port, or half a password of digits
	if at < 0 && (asPort || hasOddPort(authority)) {
		at = strings.LastIndexByte(rest, '@') // a password with an unescaped / ? or # in it
	}
	if at >= 0 {
		rest = redacted + rest[at:]
	}
	if i := strings.IndexAny(rest, "?#"); i >= 0 && i+1 < len(rest) {
		rest = rest[:i+1] + redacted
	}
	return scheme + "://" + rest + trail
}

// hasOddPort reports a colon that is followed by something else than a port: it then belongs to user:password.
func hasOddPort(authority string) bool {
	_, port, found := strings.Cut(authority, ":")
	return found && strings.Trim(port, "0123456789") != "" && !strings.HasPrefix(authority, "[")
}

func redactAuthorization(match string) string {
	parts := authorizationPattern.FindStringSubmatch(match)
	name, value := parts[1], parts[2]
	if strings.HasPrefix(value, redacted) {
		return match // by an earlier pass; the word after it is no token
	}
	_, trail := splitTrail(value)
	return name + redacted + trail
}

func redactNamed(match string) string {
	parts := namedPattern.FindStringSubmatch(match)
	name, separator, value := parts[1], parts[2], parts[3]
	if name == "" {
		return match // (using password: YES)
	}
	switch value[0] {
	case '"', '\'':
		return name + separator + value[:1] + redacted + value[:1]
	case '[':
		return name + separator + "[" + redacted + "]"
	}
	if strings.HasPrefix(value, `\"`) {
		return name + separator + `\"` + redacted
	}
	if strings.ContainsAny(separator, `"'`) { // a JSON key: its number or null ends before the next member
		if i := strings.IndexAny(value, ",}]"); i > 0 {
			return name + separator + redacted + value[i:]
		}
	}
	secret, trail := splitTrail(value)
	if secret == "" {
		return match
	}
	return name + separator + redacted + trail
}

// splitTrail parts the punctuation of the sentence around a value from it.
func splitTrail(s string) (value, trail string) {
	value = strings.TrimRight(s, `)]}>,;.:"'\`+"`")
	return value, s[len(value):]
}
