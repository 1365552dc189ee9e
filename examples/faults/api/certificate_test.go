package api_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// TestBadCertificates holds that nothing is sent to a server that cannot show who it is, once, and that the text says so.
func TestBadCertificates(t *testing.T) {
	t.Parallel()
	now := time.Now()
	tests := map[string]struct {
		change func(template *x509.Certificate)
		roots  bool   // the client knows who signed it
		cause  string // part of the error
	}{
		"good":        {roots: true},
		"self-signed": {cause: "unknown authority"},
		"wrong name": {roots: true, cause: "cannot validate certificate for 127.0.0.1", change: func(c *x509.Certificate) {
			c.IPAddresses, c.DNSNames = nil, []string{"other.example.com"}
		}},
		"expired": {roots: true, cause: "has expired", change: func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = now.AddDate(-2, 0, 0), now.AddDate(-1, 0, 0)
		}},
		"not yet valid": {roots: true, cause: "is not yet valid", change: func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = now.AddDate(1, 0, 0), now.AddDate(2, 0, 0)
		}},
		"for clients only": {roots: true, cause: "incompatible key usage", change: func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := freshWorld(t)
			certificate, roots := newCertificate(t, tt.change)
			server := httptest.NewUnstartedServer(w.tenant.Config.Handler)
			server.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes
			server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
			server.StartTLS()
			t.Cleanup(server.Close)

			dials := 0
			transport := &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}}
			transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
				dials++
				return new(net.Dialer).DialContext(ctx, network, address)
			}
			t.Cleanup(transport.CloseIdleConnections)
			if tt.roots {
				transport.TLSClientConfig.RootCAs = roots
			}
			cfg := w.config(&http.Client{Transport: transport})
			cfg.BaseURL = server.URL
			client, err := innomaint.New(cfg)
			must(t, err)

			var errs []error
			summary, err := w.Run(t.Context(), cmmsimport.Options{Client: client, OnAsset: func(res cmmsimport.AssetResult, _ cmmsimport.Progress) {
				errs = append(errs, res.Err)
			}})
			must(t, err)
			w.check(t)
			if tt.cause == "" {
				if summary.Successful != 3 {
					t.Errorf("with a good certificate: %v\n%s", errs, summary)
				}
				return
			}
			if summary.FailedByKind["unavailable"] != 3 || w.CountNew(t) != 0 || dials != 3 {
				t.Errorf("%d connections for three assets\n%s", dials, summary)
			}
			for _, err := range errs {
				if text := err.Error(); !strings.Contains(text, tt.cause) || !strings.Contains(text, "have it renewed") {
					t.Errorf("the error does not say %q and what to do: %s", tt.cause, text)
				}
			}
			for _, a := range w.Assets {
				if n := w.tenant.count(a.CMMSAssetID); n != 0 {
					t.Errorf("%d requests for %s were sent", n, a)
				}
			}
		})
	}
}

// newCertificate makes a certificate for 127.0.0.1 that signs itself, and the roots that accept it.
func newCertificate(t *testing.T, change func(*x509.Certificate)) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "tenant"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, BasicConstraintsValid: true, IsCA: true,
	}
	if change != nil {
		change(template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(t, err)
	parsed, err := x509.ParseCertificate(der)
	must(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}
