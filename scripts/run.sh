#!/usr/bin/env bash
# Builds and serves with everything embedded: SQLite, blobs on disk, in-process queue, simulated WeChat.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. scripts/quick.sh

build_quick
exec "$(target_dir)/quick/gugan" serve "$@"
