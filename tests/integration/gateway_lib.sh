# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck disable=SC2153 # the programs come from the environment
#
# What the tests of gateways and the front share: certificates, doorward-http and doorward-gateway as
# processes of uids of their own. To be sourced after lib.sh; needs root.

FRONT_UID=6250
GATEWAY_UID=6251
CERTIFICATES=$WORK/certificates
FRONT=
GATEWAY=

# certificates_make: a private authority and the front's certificate.
certificates_make() {
    mkdir -p "$CERTIFICATES"
    chmod 0755 "$CERTIFICATES"
    (cd "$CERTIFICATES" && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
        -days 2 -subj /CN=authority -keyout authority.key -out authority.pem) 2>"$WORK/openssl.log" ||
        fail "no authority: $(tail -n 3 "$WORK/openssl.log")"
    certificate_make front serverAuth
    chown "$FRONT_UID" "$CERTIFICATES"/front.*
}

# certificate_make NAME [clientAuth|serverAuth]: NAME.pem and NAME.key of the authority.
certificate_make() {
    (cd "$CERTIFICATES" && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
        -days 2 -CA authority.pem -CAkey authority.key -subj "/CN=$1" \
        -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
        -addext basicConstraints=critical,CA:FALSE -addext "extendedKeyUsage=${2:-clientAuth}" \
        -keyout "$1.key" -out "$1.pem") 2>"$WORK/openssl.log" ||
        fail "no certificate: $(tail -n 3 "$WORK/openssl.log")"
    chmod 0600 "$CERTIFICATES/$1.key"
}

# fingerprint NAME: as it is written into callers.
fingerprint() {
    local digest
    digest=$(openssl x509 -in "$CERTIFICATES/$1.pem" -outform DER | sha256sum) ||
        fail "no certificate $1"
    printf 'sha256:%s\n' "${digest%% *}"
}

# free_port: one of loopback that nobody listens on.
free_port() {
    local port
    for _ in {1..50}; do
        port=$((20000 + RANDOM % 12000))
        (: </dev/tcp/127.0.0.1/$port) 2>/dev/null || { printf '%s\n' "$port"; return; }
    done
    fail 'no free port'
}

FRONT_PORT=$(free_port)
MONITOR_PORT=$(free_port)

# front_run [SETTING...]: doorward-http in the background; front_start waits until it answers.
front_run() {
    mkdir -p "$WORK/http"
    chmod 0755 "$WORK/http"
    printf '%s\n' '# SPDX-License-Identifier: MIT' "listen = \"127.0.0.1:$FRONT_PORT\";" \
        "monitor = \"127.0.0.1:$MONITOR_PORT\";" "certificate = \"$CERTIFICATES/front.pem\";" \
        "key = \"$CERTIFICATES/front.key\";" "authority = \"$CERTIFICATES/authority.pem\";" \
        "socket = \"$SOCKET\";" "$@" >"$WORK/http/http.conf"
    setpriv --reuid "$FRONT_UID" --regid "$FRONT_UID" --clear-groups "$DOORWARD_HTTP" \
        --config "$WORK/http/http.conf" 2>>"$WORK/front.log" </dev/null &
    FRONT=$!
    STARTED+=("$FRONT")
}

front_answers() {
    curl --silent --output /dev/null --max-time 2 "http://127.0.0.1:$MONITOR_PORT/healthz"
}

front_start() {
    front_run "$@"
    becomes_true 20 front_answers || fail "doorward-http does not answer: $(tail -n 5 "$WORK/front.log")"
}

front_kill() {
    kill -KILL "$FRONT" && { wait "$FRONT" 2>/dev/null; FRONT=; }
}

# gateway_over_https NAME, gateway_over_socket: the `daemon` setting of a gateway.
gateway_over_https() {
    chown "$GATEWAY_UID" "$CERTIFICATES/$1.key"
    printf 'daemon = { url = "https://127.0.0.1:%s"; authority = "%s"; certificate = "%s"; key = "%s"; };\n' \
        "$FRONT_PORT" "$CERTIFICATES/authority.pem" "$CERTIFICATES/$1.pem" "$CERTIFICATES/$1.key"
}
gateway_over_socket() {
    printf 'daemon = { socket = "%s"; };\n' "$SOCKET"
}

# gateway_write LINES...: its configuration, but for its state folder.
gateway_write() {
    mkdir -p "$WORK/gateway" "$WORK/gateway-state"
    chmod 0755 "$WORK/gateway"
    chmod 0700 "$WORK/gateway-state"
    chown "$GATEWAY_UID" "$WORK/gateway-state"
    printf '%s\n' '# SPDX-License-Identifier: MIT' "state = \"$WORK/gateway-state\";" "$@" \
        >"$WORK/gateway/gateway.conf"
}

gateway_run() {
    setpriv --reuid "$GATEWAY_UID" --regid "$GATEWAY_UID" --clear-groups "$DOORWARD_GATEWAY" \
        --config "$WORK/gateway/gateway.conf" 2>>"$WORK/gateway.log" </dev/null &
    GATEWAY=$!
    STARTED+=("$GATEWAY")
}

# gateway_start CALLER: the same, and returns once it waits for commands.
gateway_start() {
    gateway_run
    becomes_true 20 gateway_serves "$1" ||
        fail "$1 is no gateway yet: $(tail -n 5 "$WORK/gateway.log")"
}

gateway_kill() {
    kill -KILL "$GATEWAY" && { wait "$GATEWAY" 2>/dev/null; GATEWAY=; }
}

# process_stop PID NAME: ends it by its id; it has to end cleanly, sanitizers included.
process_stop() {
    local result
    kill -TERM "$1" 2>/dev/null
    ends_within 20 "$1" || fail "$2 ignores SIGTERM"
    wait "$1"
    result=$?
    ((result == 0)) || fail "$2 ended with $result: $(tail -n 5 "$WORK/$2.log")"
    ! grep -qE 'Sanitizer|runtime error:' "$WORK/$2.log" || fail "a sanitizer spoke up in $2"
}
front_stop() {
    process_stop "$FRONT" front
    FRONT=
}
gateway_stop() {
    process_stop "$GATEWAY" gateway
    GATEWAY=
}

# gateway_serves CALLER: it waits for the commands of all its doors.
gateway_serves() {
    live callers --json | jq -e --arg caller "caller:acme/$1" \
        'select(.name == $caller and .gateway == "present") | .doors | split(" of ") | .[0] == .[1]'
}
