# shellcheck shell=bash
# What the scripts share: where we are, what the machine must have, and how a step is run and timed.
# Read with `. scripts/lib.sh`; it leaves the caller in the root of the repository.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1

# A build for `make run` and one for `make test` share what they can only while the flags are the same,
# so they are set here and nowhere else. On x86-64 Linux rustc links with its own lld: nothing to add.
if [ -z "${RUSTFLAGS:-}" ] && [ "$(uname -s)" = Linux ] && [ "$(uname -m)" != x86_64 ] && command -v ld.lld >/dev/null; then
    export RUSTFLAGS="-Clink-arg=-fuse-ld=lld"
fi
# A build that nobody will change and build again needs no incremental state.
if [ -n "${CI:-}" ]; then
    export CARGO_INCREMENTAL=0
fi
[ -t 1 ] || export CARGO_TERM_PROGRESS_WHEN=never

say() { printf '%s\n' "$*"; }
fail() {
    printf 'gugan: %s\n' "$*" >&2
    exit 1
}
heading() { printf '\n==== %s ====\n' "$*"; }
loud() { printf '\n!!!! %s\n\n' "$*"; }

# What the machine must have ------------------------------------------------------------------------

need_cargo() {
    if ! command -v cargo >/dev/null && [ -x "${CARGO_HOME:-${HOME:-/root}/.cargo}/bin/cargo" ]; then
        PATH="${CARGO_HOME:-${HOME:-/root}/.cargo}/bin:$PATH"
    fi
    local wanted
    wanted=$(sed -n 's/^rust-version *= *"\(.*\)"/\1/p' Cargo.toml)
    command -v cargo >/dev/null || fail "cargo is missing: install Rust $wanted or newer with rustup (rustup toolchain install stable), then run this again"
}

need_component() {
    cargo "$1" --version >/dev/null 2>&1 || fail "cargo $1 is missing: run 'rustup component add $2', then run this again"
}

# A compiler that cannot link is no compiler: headers and start files come in a package of their own.
compiler_works() {
    local out
    command -v cc >/dev/null || return 1
    out=$(mktemp) || return 1
    printf '#include <stdio.h>\nint main(void) { return 0; }\n' | cc -x c - -o "$out" 2>/dev/null
    local verdict=$?
    rm -f "$out"
    return "$verdict"
}

need_compiler() {
    local wanted=()
    compiler_works || wanted+=(build-essential pkg-config)
    [ -e /etc/ssl/certs/ca-certificates.crt ] || [ ! -e /etc/debian_version ] || wanted+=(ca-certificates)
    [ "${#wanted[@]}" -gt 0 ] || return 0
    if can_apt; then
        apt_install "${wanted[@]}"
    fi
    compiler_works || fail "a C compiler is missing: install one (Debian: apt-get install build-essential), then run this again"
}

has_turbo() { command -v cmake >/dev/null && command -v make >/dev/null && command -v nasm >/dev/null; }

# libjpeg-turbo is built from its source where there are tools for it; JPEGs are read in Rust elsewhere.
have_turbo() {
    has_turbo && return 0
    can_apt && apt_install cmake make nasm
    has_turbo && return 0
    loud "LEFT OUT: libjpeg-turbo. cmake, make and nasm are missing and cannot be had here; JPEGs are read in Rust"
    return 1
}

# Where cargo puts what it builds, whatever the environment or a configuration file says.
target_dir() { cargo metadata --locked --no-deps --format-version 1 | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p'; }

can_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

# Installs Debian packages. What they would start or create on their own is held back meanwhile.
apt_install() (
    heading "installing $*"
    policy=/usr/sbin/policy-rc.d
    cluster=/etc/postgresql-common/createcluster.d/zz-gugan.conf
    ours=()
    trap 'rm -f "${ours[@]}"' EXIT
    trap 'exit 130' INT TERM HUP
    if [ ! -e "$policy" ]; then
        ours+=("$policy")
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
    fi
    ours+=("$cluster")
    mkdir -p "${cluster%/*}"
    printf 'create_main_cluster = false\n' >"$cluster"

    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq -o DPkg::Lock::Timeout=120 update </dev/null || say "apt-get update did not work; trying with the lists that are here"
    names=()
    for name in "$@"; do
        # A Debian that has left PostgreSQL 15 behind brings a later one.
        if [ "$name" = postgresql-15 ] && ! apt-cache show "$name" >/dev/null 2>&1; then
            name=postgresql
        fi
        names+=("$name")
    done
    apt-get -qq -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "${names[@]}" </dev/null
)

# Steps ---------------------------------------------------------------------------------------------

steps=()
failed=()
running=

# Runs a command as a step with a heading and a time. It gets a process group of its own, so that an
# interrupted script can end all of it and a step that forgets a process is found.
step() {
    local name=$1 from=$SECONDS verdict=ok
    shift
    heading "$name"
    set -m
    "$@" </dev/null &
    running=$!
    set +m
    wait "$running" || verdict=FAILED
    if kill -KILL -- "-$running" 2>/dev/null; then
        say "$name: processes left behind were ended"
    fi
    running=
    steps+=("$(printf '%-7s %5d s  %s' "$verdict" "$((SECONDS - from))" "$name")")
    [ "$verdict" = ok ] || failed+=("$name")
    [ "$verdict" = ok ]
}

# Ends the step that runs, whatever it started.
end_step() {
    [ -n "$running" ] || return 0
    kill -TERM -- "-$running" 2>/dev/null || true
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        kill -0 -- "-$running" 2>/dev/null || break
        sleep 0.2
    done
    kill -KILL -- "-$running" 2>/dev/null || true
    wait "$running" 2>/dev/null || true
    running=
}

# What a test that passes prints is not shown, so that real files are absent is said here.
say_what_is_absent() {
    local missing=() folder
    for folder in photos data; do
        [ -d "../shared/$folder" ] || missing+=("../shared/$folder")
    done
    [ "${#missing[@]}" = 0 ] || loud "LEFT OUT: tests over real photos and records. Not there: ${missing[*]}"
}

summary() {
    printf '\n################################################################\n'
    [ "${#steps[@]}" = 0 ] || printf '  %s\n' "${steps[@]}"
    if [ "${#failed[@]}" = 0 ]; then
        printf '  ALL GOOD after %d s\n' "$SECONDS"
    else
        printf '  NOT GOOD after %d s: %s\n' "$SECONDS" "$(printf '%s; ' "${failed[@]}" | sed 's/; $//')"
    fi
    printf '################################################################\n'
    [ "${#failed[@]}" = 0 ]
}

# The checks that need no server.
static_checks() {
    step "format" cargo fmt --all --check || true
    step "clippy" cargo clippy --workspace --all-targets --locked -- -D warnings || true
    step "docs" env RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --workspace --locked || true
}

# Licences, bans and sources where cargo-deny is; known weaknesses where their list can be had.
supply_chain() {
    if ! cargo deny --version >/dev/null 2>&1; then
        heading "licences and bans"
        say "cargo-deny is not installed: the tidy test alone looks at licences and bans; advisories not checked"
        return 0
    fi
    step "licences and bans" cargo deny --locked check licenses bans sources || true
    if timeout 120 cargo deny --locked fetch db </dev/null >/dev/null 2>&1; then
        step "advisories" cargo deny --locked --offline check advisories || true
    else
        say "advisories not checked: their database cannot be had here"
    fi
}
