#!/usr/bin/env bash
# Everything that must pass. Gets what it needs, touches nothing global, leaves nothing running.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. scripts/servers.sh
. scripts/client.sh

need_cargo
need_component fmt rustfmt
need_component clippy clippy
need_compiler
need_servers
forget_settings

heading "private PostgreSQL and Redis"
stop_servers_on_exit
start_servers

step "build gugan" cargo build --locked -p api --bin gugan || { summary; exit 1; }
gugan=$(target_dir)/debug/gugan

static_checks
turbo=()
have_turbo && turbo=(--features wechat/turbo)
step "unit tests" cargo test --workspace --exclude tests --locked "${turbo[@]}" || true
step "product tests, embedded: SQLite, in-process queue" \
    env -u GUGAN_TEST_DATABASE_URL -u GUGAN_TEST_REDIS_URL PROFILE=embedded GUGAN_BIN="$gugan" cargo test -p tests --locked || true
step "product tests, production: PostgreSQL and Redis" \
    env PROFILE=production GUGAN_BIN="$gugan" cargo test -p tests --locked || true
client_checks "$gugan"
supply_chain
say_what_is_absent

summary
