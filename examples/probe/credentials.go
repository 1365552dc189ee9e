package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// credentials returns what the client identifies itself with. The secret is never an argument: those stand in the list of
// processes and in the shell's history.
func (s settings) credentials(getenv func(string) string) (auth innomaint.Auth, err error) {
	variable := map[string]string{
		"bearer": "INNOMAINT_TOKEN", "apikey": "INNOMAINT_API_KEY", "login": "INNOMAINT_PASSWORD",
	}[s.auth]
	if variable == "" {
		return auth, fmt.Errorf("-auth is %q: bearer, apikey or login", s.auth)
	}
	if s.auth == "login" && s.username == "" {
		return auth, errors.New("-auth login needs -username")
	}
	secret := getenv(variable)
	if s.secretFile != "" {
		secret, err = readSecret(s.secretFile)
	}
	switch {
	case err != nil:
		return auth, err
	case secret == "":
		return auth, fmt.Errorf("no secret: set $%s, or use -secret-file", variable)
	}
	switch s.auth {
	case "apikey":
		return innomaint.APIKey(s.header, secret), nil
	case "login":
		return innomaint.Login(s.username, secret), nil
	}
	return innomaint.BearerToken(secret), nil
}

func readSecret(file string) (string, error) {
	if file == "-" {
		fd := int(os.Stdin.Fd())
		if !term.IsTerminal(fd) {
			return "", errors.New("-secret-file -: standard input is no terminal to ask on; name a file")
		}
		fmt.Fprint(os.Stderr, "Secret (not shown): ")
		secret, err := term.ReadPassword(fd)
		fmt.Fprintln(os.Stderr)
		return string(secret), err
	}
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // only read
	line := bufio.NewScanner(f)
	line.Scan()
	return strings.TrimSpace(line.Text()), line.Err()
}
