package redact_test

import (
	"testing"

	"ic3.internal/innomaintsync/cmmsimport/internal/redact"
)

func TestText(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		// headers
		{`401 with Authorization: Bearer eyJh.abc-1: expired`, `401 with Authorization: REDACTED: expired`},
		{`Authorization: Basic dXNlcjpwYXNz`, `Authorization: REDACTED`},
		{"Authorization: Digest username=\"u\", response=\"6629\"\nHost: h", "Authorization: REDACTED\"\nHost: h"},
		{`map[Accept:[a/b] Authorization:[Bearer abc.def] Host:[h]]`, `map[Accept:[a/b] Authorization:[REDACTED] Host:[h]]`},
		{`{"Authorization":"Bearer abc.def","a":1}`, `{"Authorization":"REDACTED","a":1}`},
		{`sent bearer abc123def`, `sent bearer REDACTED`},
		{`sent Basic dXNlcjpwYXNz.`, `sent Basic REDACTED`},
		{`X-Api-Key: k-42 was refused`, `X-Api-Key: REDACTED was refused`},
		{`X-Innomaint-Auth: k-42 was refused`, `X-Innomaint-Auth: REDACTED was refused`},
		{"Set-Cookie: sid=abc; Path=/\nServer: x", "Set-Cookie: REDACTED\nServer: x"},
		// names and values
		{`login as u password=hunter2, port 3`, `login as u password=REDACTED, port 3`},
		{`(pwd=hunter2)`, `(pwd=REDACTED)`},
		{`DB_PASS=hunter2 DB_HOST=h`, `DB_PASS=REDACTED DB_HOST=h`},
		{`client_secret='a b c' next`, `client_secret='REDACTED' next`},
		{`{Password:hunter2 Token:abc User:u}`, `{Password:REDACTED Token:REDACTED User:u}`},
		{`{"user":"u","password":"hu\"nter2","a":"b"}`, `{"user":"u","password":"REDACTED","a":"b"}`},
		{`{"access_token" : "t-1", "expires_in": 3600}`, `{"access_token" : "REDACTED", "expires_in": 3600}`},
		{`{"token":null,"message":"expired"}`, `{"token":REDACTED,"message":"expired"}`},
		{`body "{\"password\":\"hunter2\",\"a\":\"b\"}"`, `body "{\"password\":\"REDACTED\",\"a\":\"b\"}"`},
		{`body "{\"password\":\"hu\\\"nter2\",\"a\":1}"`, `body "{\"password\":\"REDACTED\",\"a\":1}"`},
		{`cut off: {"password":"hunt`, `cut off: {"password":"REDACTED"`},
		{`jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sflKxwRJ ends`, `jwt REDACTED ends`},
		// URLs and DSNs
		{`Get "https://api.example.com/v1/assets/A%2F1?key=abc&x=1": EOF`, `Get "https://api.example.com/v1/assets/A%2F1?REDACTED": EOF`},
		{`see (https://h.example/p?a=b).`, `see (https://h.example/p?REDACTED).`},
		{`https://user:hunter2@h.example:8443/p`, `https://REDACTED@h.example:8443/p`},
		{`https://user:hun/ter2@h.example/p`, `https://REDACTED@h.example/p`},
		{`redirect to //h?a=b and ?k=v`, `redirect to //h?REDACTED and ?REDACTED`},
		{`://user@h.example/p`, `://REDACTED@h.example/p`},
		{`https://h.example/cb#access_token=abc`, `https://h.example/cb#REDACTED`},
		{`GET /api/v1/assets/7?token=abc: 500`, `GET /api/v1/assets/7?REDACTED 500`},
		{`open root:hunter2@tcp(127.0.0.1:3306)/cmms?parseTime=true`, `open root:REDACTED@tcp(127.0.0.1:3306)/cmms?REDACTED`},
		{`root:p@ss"w/o:rd@unix(/run/m.sock)/cmms`, `root:REDACTED@unix(/run/m.sock)/cmms`},
		{`dial u:hunter2@db.example:3306`, `dial u:REDACTED@db.example:3306`},
		// what must stay readable
		{``, ``},
		{`asset AST-1042: 404 Not Found`, `asset AST-1042: 404 Not Found`},
		{`Get "https://h.example:8443/api/v1/assets/AST-1": dial tcp 10.0.0.1:8443: connect: connection refused`,
			`Get "https://h.example:8443/api/v1/assets/AST-1": dial tcp 10.0.0.1:8443: connect: connection refused`},
		{`Error 1045 (28000): Access denied for user 'root'@'localhost' (using password: YES)`,
			`Error 1045 (28000): Access denied for user 'root'@'localhost' (using password: YES)`},
		{`Error 1062 (23000): Duplicate entry '7-Pumps' for key 'uq_category_name'`, `Error 1062 (23000): Duplicate entry '7-Pumps' for key 'uq_category_name'`},
		{`auth: the API refused the token; is the warranty bypassed: 3 of 4 passed`, `auth: the API refused the token; is the warranty bypassed: 3 of 4 passed`},
		{`the bearer token is empty; basic maintenance only, Basic Pump.`, `the bearer token is empty; basic maintenance only, Basic Pump.`},
		{`बॉयलर 🔥: timeout`, `बॉयलर 🔥: timeout`},
	}
	for _, test := range tests {
		if got := redact.Text(test.in); got != test.want {
			t.Errorf("Text(%q)\n got %q\nwant %q", test.in, got, test.want)
		}
		if got := redact.Text(test.want); got != test.want {
			t.Errorf("a second pass turns %q\ninto %q", test.want, got)
		}
	}
}
