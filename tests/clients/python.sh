#!/usr/bin/env bash
# The PyPI package `auth0-python`, unmodified, against the emulator over https. Needs python3, pip and their registry.
source "$(dirname "$0")/tenant.sh"

python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check auth0-python==6.8.0
start_tenant python
SSL_CERT_FILE=$CA_FILE REQUESTS_CA_BUNDLE=$CA_FILE "$folder/venv/bin/python" "$root/tests/clients/python.py"
