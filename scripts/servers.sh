# shellcheck shell=bash
# A private, throw-away PostgreSQL and Redis, for tests and benches. Read after lib.sh.
#
# Both listen on 127.0.0.1 only, on free ports, keep everything in one temporary folder, and go with the
# script that started them: by its EXIT trap, and by the death signal of their parent where Linux has it.

servers_dir=
postgres_pid=
redis_pid=

need_servers() {
    local wanted=()
    [ -n "$(postgres_bin)" ] || wanted+=(postgresql-15)
    command -v redis-server >/dev/null || wanted+=(redis-server)
    [ "${#wanted[@]}" -gt 0 ] || return 0
    if can_apt; then
        apt_install "${wanted[@]}"
    fi
    if [ -z "$(postgres_bin)" ] || ! command -v redis-server >/dev/null; then
        fail "missing: ${wanted[*]} (on Debian: apt-get install --no-install-recommends ${wanted[*]}); install what is missing, then run this again"
    fi
}

# The folder of the PostgreSQL binaries: 15 if it is there, else the newest.
postgres_bin() {
    local dir
    while read -r dir; do
        if [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ]; then
            printf '%s\n' "$dir"
            return
        fi
    done < <(printf '%s\n' /usr/lib/postgresql/15/bin; printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV)
    if command -v initdb >/dev/null && command -v postgres >/dev/null; then
        dirname "$(readlink -f "$(command -v initdb)")"
    fi
}

# Neither server runs as root: initdb refuses, and Redis has no need. As anyone else, it runs as you.
owner() {
    [ "$(id -u)" = 0 ] || return 0
    if id postgres >/dev/null 2>&1; then echo postgres; else echo nobody; fi
}

# Runs a command as that owner, and ends it when this script dies.
as_owner() {
    local words=() owner
    owner=$(owner)
    if command -v setpriv >/dev/null; then
        words=(setpriv --pdeathsig INT)
        [ -z "$owner" ] || words+=("--reuid=$owner" "--regid=$(id -gn "$owner")" --clear-groups)
    elif [ -n "$owner" ]; then
        fail "setpriv is missing: install util-linux, or run this as a user other than root"
    fi
    exec "${words[@]}" "$@"
}

free_port() {
    local port
    while :; do
        # Below the range that outgoing connections take theirs from.
        port=$((15000 + RANDOM % 17000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}

# Starts both and sets GUGAN_TEST_DATABASE_URL, GUGAN_TEST_REDIS_URL and GUGAN_REDIS_SERVER.
start_servers() {
    local owner
    servers_dir=$(mktemp -d "${TMPDIR:-/tmp}/gugan-test.XXXXXX")
    mkdir "$servers_dir/postgres" "$servers_dir/redis"
    owner=$(owner)
    if [ -n "$owner" ]; then
        chown -R "$owner" "$servers_dir"
    fi
    start_postgres
    start_redis
}

start_postgres() {
    local bin dir=$servers_dir/postgres password port
    bin=$(postgres_bin)
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    printf '%s\n' "$password" >"$servers_dir/password"
    [ -z "$(owner)" ] || chown "$(owner)" "$servers_dir/password"
    (cd "$dir" && as_owner "$bin/initdb" -D "$dir/data" --username=postgres --pwfile="$servers_dir/password" \
        --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync >"$servers_dir/initdb.log" 2>&1) ||
        { cat "$servers_dir/initdb.log" >&2; fail "initdb did not work"; }
    for _ in 1 2 3 4 5; do
        port=$(free_port)
        set -m
        (cd "$dir" && as_owner "$bin/postgres" -D "$dir/data" -p "$port" \
            -c listen_addresses=127.0.0.1 -c unix_socket_directories="$dir" \
            -c shared_buffers=32MB -c max_connections=300 -c fsync=on) >"$servers_dir/postgres.log" 2>&1 </dev/null &
        postgres_pid=$!
        set +m
        if answers "$postgres_pid" "$bin/pg_isready" -q -h 127.0.0.1 -p "$port"; then
            export GUGAN_TEST_DATABASE_URL="postgres://postgres:$password@127.0.0.1:$port/postgres"
            say "PostgreSQL: $("$bin/postgres" --version), 127.0.0.1:$port"
            return
        fi
        stop_postgres
    done
    tail -n 20 "$servers_dir/postgres.log" >&2
    fail "the private PostgreSQL did not start"
}

start_redis() {
    local dir=$servers_dir/redis server port
    server=$(command -v redis-server)
    for _ in 1 2 3 4 5; do
        port=$(free_port)
        set -m
        (cd "$dir" && as_owner "$server" --port "$port" --bind 127.0.0.1 --dir "$dir" --save '' --appendonly no \
            --daemonize no --maxmemory-policy noeviction) >"$servers_dir/redis.log" 2>&1 </dev/null &
        redis_pid=$!
        set +m
        if answers "$redis_pid" redis_pings "$port"; then
            export GUGAN_TEST_REDIS_URL="redis://127.0.0.1:$port" GUGAN_REDIS_SERVER="$server"
            say "Redis: $("$server" --version | sed 's/ sha=.*//'), 127.0.0.1:$port"
            return
        fi
        stop_redis
    done
    tail -n 20 "$servers_dir/redis.log" >&2
    fail "the private Redis did not start"
}

redis_pings() {
    local answer
    { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 1
    printf 'PING\r\n' >&3
    IFS= read -r -t 2 answer <&3 || answer=
    exec 3>&-
    case $answer in +PONG*) return 0 ;; *) return 1 ;; esac
}

# Waits until the command succeeds while the process lives: another server on the port is not ours.
answers() {
    local pid=$1
    shift
    for _ in $(seq 1 150); do
        kill -0 "$pid" 2>/dev/null || return 1
        if "$@"; then
            kill -0 "$pid" 2>/dev/null
            return
        fi
        sleep 0.1
    done
    return 1
}

# SIGQUIT to the postmaster is its immediate shutdown: the data is thrown away anyway.
stop_postgres() { end_server "$postgres_pid" QUIT; postgres_pid=; }
stop_redis() { end_server "$redis_pid" TERM; redis_pid=; }

end_server() {
    local pid=$1 signal=$2
    [ -n "$pid" ] || return 0
    kill "-$signal" "$pid" 2>/dev/null || true
    for _ in $(seq 1 50); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL -- "-$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
}

stop_servers() {
    stop_redis
    stop_postgres
    [ -z "$servers_dir" ] || rm -rf "$servers_dir"
    servers_dir=
}

# Call before start_servers: whatever ends this script ends its step and its servers.
stop_servers_on_exit() {
    trap 'end_step; stop_servers' EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

# What a developer has exported must not lead a test to a database that matters.
forget_settings() {
    local name
    for name in $(compgen -e | grep -E '^(GUGAN_|PG)' || true); do
        unset "$name"
    done
}
