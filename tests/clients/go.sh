#!/usr/bin/env bash
# The Go module `github.com/auth0/go-auth0`, unmodified, against the emulator over https: what the official Terraform provider is
# built on. Needs go and a module proxy.
source "$(dirname "$0")/tenant.sh"

install() {
  export GOFLAGS=-mod=mod
  go mod init client && go get github.com/auth0/go-auth0@v1.33.0
}

need go
packages go-1.33.0 install
start_tenant go
cp "$root/tests/clients/client.go" "$packages/main.go"
(cd "$packages" && go mod tidy && go build -o "$folder/client" .)
SSL_CERT_FILE=$CA_FILE "$folder/client"
