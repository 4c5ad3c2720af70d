#!/usr/bin/env bash
# Writes api-spec/openapi.json from the code; a test fails when the committed file is stale.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_cargo
need_compiler
fresh=$(mktemp)
trap 'rm -f "$fresh"' EXIT
cargo run --locked --quiet -p api --bin gugan -- openapi >"$fresh"
mkdir -p api-spec
cat "$fresh" >api-spec/openapi.json
say "api-spec/openapi.json is written"
