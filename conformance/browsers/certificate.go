package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	"net/url"
	"slices"
	"strings"
	"time"
)

// newCertificate makes the certificate of the https servers. It is made for one run, by itself, and no browser trusts
// it but those that this program starts and tells of it.
func newCertificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	now := time.Now()
	template := &x509.Certificate{SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "corspec browsers"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true}
	for _, o := range hosts {
		if name, ok := strings.CutPrefix(o, "https://"); ok && !slices.Contains(template.DNSNames, name) {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	slices.Sort(template.DNSNames)
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, err
	}
	leaf, err := x509.ParseCertificate(der)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, err
}

// keyHash is the hash of the certificate's public key, as Chromium takes it.
func (s *Servers) keyHash() string {
	hash := sha256.Sum256(s.certificate.Leaf.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(hash[:])
}

// overrides is the file in which Firefox keeps the certificates that its user lets pass.
func (s *Servers) overrides() string {
	hash := sha256.Sum256(s.certificate.Leaf.Raw)
	fingerprint := strings.ReplaceAll(fmt.Sprintf("% X", hash[:]), " ", ":")
	var b strings.Builder
	for _, o := range s.Origins {
		if u, err := url.Parse(o); err == nil && u.Scheme == "https" {
			fmt.Fprintf(&b, "%s:\tOID.2.16.840.1.101.3.4.2.1\t%s\t\n", u.Host, fingerprint)
		}
	}
	return b.String()
}
