#!/bin/sh
# Makes the certificates of the TLS tests: a CA, a server named prometheus.test and a client. Valid for a century, for
# tests only. Run it in this folder.
set -eu
days=36500
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days $days -subj /CN=forescale-test-ca \
  -keyout ca.key -out ca.pem
for name in prometheus.test forescale; do
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$name" -keyout "$name.key" -out "$name.csr"
  printf 'subjectAltName=DNS:%s\n' "$name" > "$name.ext"
  openssl x509 -req -days $days -in "$name.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -extfile "$name.ext" -out "$name.pem"
done
rm -f ca.key ca.srl ./*.csr ./*.ext
