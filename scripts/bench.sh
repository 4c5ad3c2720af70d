#!/usr/bin/env bash
# What it costs, on a release build and on private servers.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. scripts/servers.sh

need_cargo
need_compiler
need_servers
forget_settings

heading "private PostgreSQL and Redis"
stop_servers_on_exit
start_servers

turbo=()
have_turbo && turbo=(--features turbo)
step "build gugan" cargo build --locked --release -p api --bin gugan "${turbo[@]}" || { summary; exit 1; }
gugan=$(target_dir)/release/gugan
step "benches" env GUGAN_BIN="$gugan" cargo bench -p benches --locked "${turbo[@]}" "$@" || true
summary
