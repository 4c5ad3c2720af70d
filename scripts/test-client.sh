#!/usr/bin/env bash
# The client's builds and proofs, against a server that is built now.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. scripts/servers.sh
. scripts/client.sh
trap end_step EXIT
trap 'exit 130' INT TERM HUP

need_cargo
need_compiler
forget_settings
step "build gugan" cargo build --locked -p api --bin gugan || { summary; exit 1; }
client_checks "$(target_dir)/debug/gugan"
summary
