#!/usr/bin/env bash
# The PyPI package `auth0-python`, unmodified, against the emulator over https. Needs python3, pip and their registry.
source "$(dirname "$0")/tenant.sh"

install() {
  python3 -m venv . && bin/pip install --quiet --disable-pip-version-check auth0-python==6.8.0
}

need python3
packages python-6.8.0 install
start_tenant python
SSL_CERT_FILE=$CA_FILE REQUESTS_CA_BUNDLE=$CA_FILE "$packages/bin/python" "$root/tests/clients/python.py"
