# shellcheck shell=bash
# The quick build of gugan with the settings for trying it out. Read after lib.sh.

# What is exported already stands.
build_quick() {
    need_cargo
    need_compiler
    cargo build --locked --profile quick -p api --bin gugan
    export GUGAN__DEV__ENABLED="${GUGAN__DEV__ENABLED:-true}"
    export GUGAN__DATA_DIR="${GUGAN__DATA_DIR:-./data}"
}
