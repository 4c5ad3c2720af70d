#!/usr/bin/env bash
# Formats the Rust code.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_cargo
need_component fmt rustfmt
cargo fmt --all
