#!/usr/bin/env bash
# The part of test.sh that starts no server and runs no test.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
trap end_step EXIT
trap 'exit 130' INT TERM HUP

need_cargo
need_component fmt rustfmt
need_component clippy clippy
need_compiler

static_checks
supply_chain
summary
