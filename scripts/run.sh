#!/usr/bin/env bash
# Builds and serves with everything embedded: SQLite, blobs on disk, in-process queue, simulated WeChat,
# the client in a browser.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. scripts/quick.sh
. scripts/client.sh

build_quick
serve_client
exec "$(target_dir)/quick/gugan" serve "$@"
