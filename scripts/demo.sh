#!/usr/bin/env bash
# Loads the demo company by hand into what `make run` would open.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. scripts/quick.sh

build_quick
exec "$(target_dir)/quick/gugan" demo "$@"
