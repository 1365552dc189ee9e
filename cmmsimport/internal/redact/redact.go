// Package redact removes secrets from texts: from what servers, drivers and transports wrote, before it becomes part of an
// error, a log line or a row. Each secret becomes the word REDACTED.
//
// [Text] works by pattern, for texts of any origin. [Secrets] knows the caller's own secrets, finds them wherever they are,
// and then applies the patterns. Both are idempotent, and take too much rather than too little if the end of a secret
// is in doubt. Prose about secrets ("the bearer token is empty") stays readable. A secret in prose that no caller named
// ("my word is …") cannot be recognized.
package redact

import (
	"regexp"
	"strings"
)

// Placeholder replaces each secret.
const Placeholder = "REDACTED"

var (
	urlPattern = regexp.MustCompile(`(?i)[a-z0-9+.-]*://[^\s"<>` + "`" + `]+`)

	// user:password@net(address)/database of go-sql-driver, and user:password@host. "//" after the colon is a URL.
	dsnPattern   = regexp.MustCompile(`([^\s:@/"'(,;]*):(?:[^\s/]|/[^\s/])\S*@([a-z0-9]*\()`)
	loginPattern = regexp.MustCompile(`([^\s:@/"'(,;]*):(?:[^\s/"]|/[^\s/"])[^\s"]*@`)

	queryPattern = regexp.MustCompile(`\?[^\s"]*=[^\s"]*`)

	cookiePattern = regexp.MustCompile(`(?i)\b((?:set-)?cookie[^\w\s]*[:=])[^\r\n]+`)
	schemePattern = regexp.MustCompile(`(?i)\b((?:bearer|basic)[ \t]+)[^\s"'\\<>]+`)

	// A scheme's name in prose. No Basic credentials look like a plain word; a bearer token may.
	schemeInProse = regexp.MustCompile(`^(?:(?i:bearer)[ \t]+(?i:token|auth|authentication|authorization)\W*|` +
		`(?i:basic)[ \t]+(?:[A-Za-z]?[a-z]+|[A-Z]+)[).,;:!?]*)$`)

	// The scheme goes with the value; schemes with parameters take the rest of the line.
	authorizationPattern = regexp.MustCompile(`(?i)(authorization[^\w\s:=]*[:=][ \t]*[^\w\s]*)` +
		`((?:digest|signature|hmac[\w-]*|aws4[\w-]*)[ \t][^\r\n]*|[a-z][\w-]*[ \t]+[^\s"'\\<>]+|[^\s"'\\<>]+)`)

	namedPattern = regexp.MustCompile(`(?is)\(using password: (?:YES|NO)\)|` + // says only whether one was sent
		`([\w.-]*(?:passw(?:or)?d|passphrase|passcode|pwd|secret|token|credential|signature|` +
		`api[-_ ]?key|auth[-_ ]?key|access[-_ ]?key|private[-_ ]?key|session[-_]?id)[\w.-]*|` +
		`(?:\b|[_-])(?:pass|sig)|x-[\w-]*auth[\w-]*)` +
		`(\\*["']?[ \t]*(?:=>|:=|[:=])[ \t]*)` +
		`(\\"(?:[^"\\]|\\[^"\\]|\\\\\\"|\\\\)*|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|\[[^\]]*\]?|\S+)`)

	jwtPattern = regexp.MustCompile(`\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?`)
)

// Text returns s without what may be a secret: bearer tokens and Basic credentials; Authorization and Cookie headers; the
// values of whatever is called password, token, secret, API key and the like (as name=value, header, JSON or escaped JSON);
// JSON web tokens; the password in a DSN; query strings; and of URLs the user information and the fragment.
func Text(s string) string {
	for range 5 { // the result of one pass may match a pattern of the next; two or three are enough
		next := onePass(s)
		if next == s {
			break
		}
		s = next
	}
	return s
}

func onePass(s string) string {
	s = urlPattern.ReplaceAllStringFunc(s, redactURL)
	s = dsnPattern.ReplaceAllString(s, "${1}:"+Placeholder+"@${2}")
	s = loginPattern.ReplaceAllString(s, "${1}:"+Placeholder+"@")
	s = queryPattern.ReplaceAllString(s, "?"+Placeholder)
	s = cookiePattern.ReplaceAllString(s, "${1} "+Placeholder)
	s = authorizationPattern.ReplaceAllStringFunc(s, redactAuthorization)
	s = schemePattern.ReplaceAllStringFunc(s, redactScheme)
	s = namedPattern.ReplaceAllStringFunc(s, redactNamed)
	return jwtPattern.ReplaceAllString(s, Placeholder)
}

func redactURL(u string) string {
	scheme, rest, _ := strings.Cut(u, "://")
	rest, trail := splitTrail(rest)

	authority := rest
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority = rest[:i]
	}
	at := strings.LastIndexByte(authority, '@')
	_, port, found := strings.Cut(authority, ":")
	userinfo := strings.Trim(port, "0123456789") != "" && !strings.HasPrefix(authority, "[") // the colon is that of user:password
	ambiguous := found && strings.IndexAny(rest[len(authority):], "?#") == 0                 // a port, or the digits of a password
	if at < 0 && (ambiguous || userinfo) {
		at = strings.LastIndexByte(rest, '@') // a password with an unescaped / ? or # in it
	}
	if at >= 0 {
		rest = Placeholder + rest[at:]
	}
	if i := strings.IndexAny(rest, "?#"); i >= 0 && i+1 < len(rest) {
		rest = rest[:i+1] + Placeholder
	}
	return scheme + "://" + rest + trail
}

func redactAuthorization(match string) string {
	parts := authorizationPattern.FindStringSubmatch(match)
	name, value := parts[1], parts[2]
	if strings.HasPrefix(value, Placeholder) {
		return match // by an earlier pass; the word after it is no token
	}
	_, trail := splitTrail(value)
	return name + Placeholder + trail
}

func redactScheme(match string) string {
	if schemeInProse.MatchString(match) {
		return match
	}
	return schemePattern.ReplaceAllString(match, "${1}"+Placeholder)
}

func redactNamed(match string) string {
	parts := namedPattern.FindStringSubmatch(match)
	name, separator, value := parts[1], parts[2], parts[3]
	if name == "" {
		return match // (using password: YES)
	}
	switch value[0] {
	case '"', '\'':
		return name + separator + value[:1] + Placeholder + value[:1]
	case '[':
		return name + separator + "[" + Placeholder + "]"
	}
	if strings.HasPrefix(value, `\"`) {
		return name + separator + `\"` + Placeholder
	}
	if strings.ContainsAny(separator, `"'`) { // a JSON key: its number or null ends before the next member
		if i := strings.IndexAny(value, ",}]"); i > 0 {
			return name + separator + Placeholder + value[i:]
		}
	}
	secret, trail := splitTrail(value)
	if secret == "" {
		return match
	}
	return name + separator + Placeholder + trail
}

// splitTrail separates a value from the punctuation that follows it in a sentence.
func splitTrail(s string) (value, trail string) {
	value = strings.TrimRight(s, `)]}>,;.:"'\`+"`")
	return value, s[len(value):]
}
