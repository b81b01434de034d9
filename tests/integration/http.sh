#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The server of doorward-http, below what it serves: who gets through the handshake, what is refused
# by its head or its length, who is too slow or too much, and what happens when somebody goes. Clients
# are curl and openssl; a daemon of the tests writes down what the front sends, the real one takes
# its reports at the end.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/gateway_lib.sh
. "$here/gateway_lib.sh"
needs_root

SEEN=$WORK/seen

# ---- Certificates ----

# certificate_dated NAME START END: of the authority, valid between two times (YYYYMMDDHHMMSSZ).
certificate_dated() {
    (
        cd "$CERTIFICATES" || exit 1
        printf '%s\n' '[ca]' 'default_ca = own' '[own]' 'database = index' 'serial = serial' \
            'new_certs_dir = .' 'default_md = sha256' 'policy = any' 'x509_extensions = client' \
            '[any]' 'commonName = supplied' '[client]' 'basicConstraints = critical,CA:FALSE' \
            'extendedKeyUsage = clientAuth' >ca.conf
        : >index
        printf '01\n' >serial
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" \
            -keyout "$1.key" -out "$1.csr" &&
            openssl ca -batch -notext -config ca.conf -cert authority.pem -keyfile authority.key \
                -startdate "$2" -enddate "$3" -in "$1.csr" -out "$1.pem"
    ) >"$WORK/openssl.log" 2>&1 || fail "no certificate: $(tail -n 3 "$WORK/openssl.log")"
}

# certificate_foreign NAME: of another authority with the same name.
certificate_foreign() {
    mkdir -p "$CERTIFICATES/foreign"
    (
        cd "$CERTIFICATES" || exit 1
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
            -subj /CN=authority -keyout foreign/authority.key -out foreign/authority.pem &&
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
                -CA foreign/authority.pem -CAkey foreign/authority.key -subj "/CN=$1" \
                -addext extendedKeyUsage=clientAuth -keyout "$1.key" -out "$1.pem"
    ) >"$WORK/openssl.log" 2>&1 || fail "no certificate: $(tail -n 3 "$WORK/openssl.log")"
}

# ---- Asking ----

URL=
MESSAGES=/doorward/v1/messages

# ask NAME PATH [OPTION...]: CODE is the status, or 000 when there is none.
ask() {
    CODE=$(curl --silent --max-time 15 --cacert "$CERTIFICATES/authority.pem" \
        ${1:+--cert "$CERTIFICATES/$1.pem" --key "$CERTIFICATES/$1.key"} --dump-header "$WORK/head" \
        --output "$WORK/body" --write-out '%{http_code}' "${@:3}" "$URL$2")
    : "${CODE:=000}"
}

# answers STATUS TEXT NAME PATH [OPTION...]: the status, and a text in the body.
answers() {
    : >"$WORK/head"
    : >"$WORK/body"
    ask "${@:3}"
    steps=$((steps + 1))
    [[ $CODE == "$1" ]] || fail "${*:3}: $CODE, expected $1: $(<"$WORK/body")"
    [[ -z $2 ]] || grep -qaE -- "$2" "$WORK/body" || fail "${*:3}: no '$2' in $(<"$WORK/body")"
}

# has_header TEXT: of the last answer.
has_header() {
    steps=$((steps + 1))
    grep -qi "^$1" "$WORK/head" || fail "no header $1: $(<"$WORK/head")"
}

# tls [OPTION...]: openssl's client as the caller gw; its standard input goes to the front.
tls() {
    timeout 15 openssl s_client -quiet -connect "127.0.0.1:$FRONT_PORT" \
        -CAfile "$CERTIFICATES/authority.pem" -cert "$CERTIFICATES/gw.pem" \
        -key "$CERTIFICATES/gw.key" "$@" 2>"$WORK/tls.log"
}

# raw STATUS REQUEST: a request byte by byte (printf's form) gets this status, or none (000).
raw() {
    local status
    # shellcheck disable=SC2059 # the request is the format
    status=$(printf "$2" | tls | head -n 1 | cut -d ' ' -f 2 | tr -d '\r\0')
    steps=$((steps + 1))
    [[ ${status:-000} == "$1" ]] || fail "$2: ${status:-000}, expected $1"
}

# told PATTERN: the daemon was told, within two seconds.
told() {
    steps=$((steps + 1))
    becomes_true 2 grep -qE -- "$1" "$SEEN" || fail "not told: $1; but: $(tail -n 5 "$SEEN")"
}

# frame TYPE: a message without fields but what the type needs, as the body of a request.
take_frame() { # of 30 seconds, for one door
    printf 'OORD\1\20\2\0\1\0\0\0\0\0\0\0\0\0\0\0\40\0\0\0'
    printf '\4\0\0\0\14\0\0\0door:acme/D1'
    printf '\41\0\0\0\4\0\0\0\36\0\0\0'
}
ask_frame() {
    printf 'OORD\1\1\3\0\7\0\0\0\0\0\0\0\0\0\0\0\54\0\0\0'
    printf '\1\0\0\0\5\0\0\0alice\0\0\0\2\0\0\0\4\0\0\0read\3\0\0\0\10\0\0\0door:x/y'
}

healthy() {
    curl --silent --fail --output /dev/null "http://127.0.0.1:$MONITOR_PORT/healthz"
}

metric() {
    curl --silent "http://127.0.0.1:$MONITOR_PORT/metrics" | sed -n "s/^$1 //p"
}

# ---- The daemon of the tests ----

FAKE=
fake_start() {
    mkdir -p "$(dirname "$SOCKET")"
    chmod 0755 "$(dirname "$SOCKET")"
    "$FRONT_DAEMON" "$SOCKET" "$WORK/callers" >>"$SEEN" &
    FAKE=$!
    STARTED+=("$FAKE")
    becomes_true 5 test -S "$SOCKET" || fail 'no socket'
    chmod 0666 "$SOCKET"
}

# callers REVISION NAME...: whom the daemon lists from now on.
callers() {
    local name
    {
        printf '%s serving\n' "$1"
        for name in "${@:2}"; do
            fingerprint "$name"
        done
    } >"$WORK/callers.next"
    mv "$WORK/callers.next" "$WORK/callers"
}

certificates_make
certificate_make gw
certificate_make other
certificate_make crowd
certificate_make server serverAuth
certificate_dated expired 20200101000000Z 20200102000000Z
certificate_dated early 20400101000000Z 20400102000000Z
certificate_foreign foreign
: >"$SEEN"
callers r1 gw crowd server expired early foreign
fake_start
front_start 'limits = { request_seconds = 1; connections_per_address = 40; requests_per_second = 50; requests_burst = 60; requests_at_once = 8; body_bytes = 65536; };'
URL=https://127.0.0.1:$FRONT_PORT
becomes_true 10 healthy || fail "not healthy: $(tail -n 3 "$WORK/front.log")"

# ---- Its files, before anybody connects ----

# wrong_file STATUS TEXT SETTING VALUE: what --check says of another file.
wrong_file() {
    sed "s|^$3 = .*|$3 = \"$4\";|" "$WORK/http/http.conf" >"$WORK/http/wrong.conf"
    expect "$1" "$2" "$DOORWARD_HTTP" --check --config "$WORK/http/wrong.conf"
}
wrong_file 0 '^$' key "$CERTIFICATES/front.key"
wrong_file 3 'gw.key: is not the key of the certificate .*front.pem' key "$CERTIFICATES/gw.key"
wrong_file 3 'nowhere.pem: No such file' certificate "$CERTIFICATES/nowhere.pem"
wrong_file 3 'gw.key: holds no certificate' authority "$CERTIFICATES/gw.key"
wrong_file 3 'has expired at 2020-01-02T00:00:00Z' certificate "$CERTIFICATES/expired.pem"
wrong_file 3 'is not valid before 2040-01-01T00:00:00Z' certificate "$CERTIFICATES/early.pem"
chmod 0644 "$CERTIFICATES/other.key"
wrong_file 3 'other.key: may be read by others' key "$CERTIFICATES/other.key"
chmod 0600 "$CERTIFICATES/other.key"

# ---- The handshake ----

answers 404 unknown-path gw /nothing
answers 000 '' '' /nothing
told '^turn-away 127.0.0.1 certificate-missing '
for pair in other:unknown-caller server:certificate-purpose expired:certificate-expired \
    early:certificate-not-yet-valid foreign:certificate-untrusted; do
    for version in 1.2 1.3; do
        answers 000 '' "${pair%%:*}" /nothing --tlsv1.2 --tls-max "$version"
        [[ ! -s $WORK/head ]] || fail "$pair was answered"
    done
    told "^turn-away 127.0.0.1 ${pair##*:} "
done
answers 000 '' '' /nothing --tlsv1.2 --tls-max 1.2
answers 404 '' gw /nothing --tlsv1.2 --tls-max 1.2
expect 35 '' curl --silent --tls-max 1.1 --insecure "$URL/"
expect 52 '' curl --silent "http://127.0.0.1:$FRONT_PORT/"
told '^turn-away 127.0.0.1 handshake-failed '

# Nothing resumes: neither a ticket nor a session is given, and who has been let in once is looked at
# again. (A client that is refused cannot have a session; one that was let in gets none.)
for version in tls1_2 tls1_3; do
    printf 'GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' |
        tls "-$version" -sess_out "$WORK/session" >/dev/null
    steps=$((steps + 1))
    if [[ -s $WORK/session ]]; then
        reused=$(printf 'GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' |
            timeout 15 openssl s_client -connect "127.0.0.1:$FRONT_PORT" "-$version" \
                -sess_in "$WORK/session" -ign_eof 2>&1)
        ! grep -q '^Reused' <<<"$reused" || fail "a session of $version was resumed"
        ! grep -q '^HTTP/' <<<"$reused" || fail "without a certificate, with a session: answered"
    fi
    rm -f "$WORK/session"
done

# ---- Requests ----

answers 404 '' gw /nothing --header 'X-Request-ID: b-17'
has_header 'X-Request-ID: b-17'
has_header 'Cache-Control: no-store'
answers 400 malformed-request-id gw /nothing --header "X-Request-ID: $(printf 'x%.0s' {1..300})"
longest=$(printf 'x%.0s' {1..256})
answers 404 '' gw /nothing --header "X-Request-ID: $longest"
has_header "X-Request-ID: $longest"
answers 404 '' gw /nothing --header 'X-Request-ID: a ~'
has_header 'X-Request-ID: a ~'
for id in "${longest}x" $'a\tb' $'a\x7fb' 'ä'; do
    answers 400 '^malformed-(request-id|framing):' gw /nothing --header "X-Request-ID: $id"
done
answers 400 malformed-request-id gw /nothing --header 'X-Request-ID;' # empty
answers 400 malformed-request-id gw /nothing --header 'X-Request-ID: a' --header 'X-Request-ID: a'
answers 405 wrong-method gw "$MESSAGES"
has_header 'Allow: POST'
answers 405 '' gw "$MESSAGES" --head
answers 405 wrong-method gw "$MESSAGES" --request OPTIONS
answers 415 wrong-content-type gw "$MESSAGES" --data x
answers 415 wrong-content-type gw "$MESSAGES" --header 'Content-Type: application/octet-stream' \
    --header 'Content-Type: application/octet-stream' --data x
answers 400 malformed-path gw "$MESSAGES?a=b" --header 'Content-Type: application/octet-stream' --data x
answers 404 unknown-path gw "$MESSAGES%00" --header 'Content-Type: application/octet-stream' --data x
answers 404 unknown-path gw "/doorward/v1%2fmessages" --data x
answers 404 unknown-path gw "$MESSAGES/" --data x
answers 400 malformed-message gw "$MESSAGES" --header 'Content-Type: application/octet-stream' --data x
raw 404 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
raw 505 'GET /x HTTP/1.0\r\nHost: x\r\n\r\n'
raw 400 'GET /x HTTP/1.1\r\nConnection: close\r\n\r\n'

# One message must not be two: what has two lengths is refused, and the connection with it.
raw 400 'POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /y HTTP/1.1\r\nHost: x\r\n\r\n'
raw 400 'POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd'
raw 400 'POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: +4\r\n\r\nabcd'
raw 400 'POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 4, 4\r\n\r\nabcd'
raw 400 'POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n'
raw 400 'POST /x HTTP/1.1\r\nHost: x\r\nContent-Length : 4\r\n\r\nabcd'
raw 400 'POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\nContent-Length: 4\r\n\r\nabcd'
raw 400 'POST /x HTTP/1.1\r\nHost: x\r\nX: a\rContent-Length: 100\r\nContent-Length: 4\r\n\r\nabcd'
raw 501 'POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\nabcd'
smuggled=$(printf 'POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /y HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' |
    tls | grep -ac '^HTTP/1.1')
[[ $smuggled == 1 ]] || fail "$smuggled answers to one request with two lengths"
sleep 0.5 # a burst of a caller is limited, too

# ---- Lengths ----

head -c 65537 /dev/zero >"$WORK/large"
truncate -s 100M "$WORK/huge"
octets=(--header 'Content-Type: application/octet-stream')
head -c 65536 /dev/zero >"$WORK/largest"
answers 400 malformed-message gw "$MESSAGES" "${octets[@]}" --header 'Expect:' --data-binary "@$WORK/largest"
answers 400 malformed-message gw "$MESSAGES" "${octets[@]}" --header 'Expect:' --data-binary "@$WORK/largest" \
    --header 'Transfer-Encoding: chunked'
answers 413 too-large gw "$MESSAGES" "${octets[@]}" --data-binary "@$WORK/large"
answers 413 too-large gw "$MESSAGES" "${octets[@]}" --header 'Expect:' --data-binary "@$WORK/large" \
    --header 'Transfer-Encoding: chunked'
began=$(now_ms)
answers 413 too-large gw "$MESSAGES" "${octets[@]}" --header 'Expect: 100-continue' --upload-file "$WORK/huge" --request POST
(($(now_ms) - began < 1500)) || fail '100 MB were not refused at once'
ask gw "$MESSAGES" "${octets[@]}" --header 'Expect:' --header 'Transfer-Encoding: chunked' --upload-file "$WORK/huge" --request POST
steps=$((steps + 1))
[[ $CODE == 000 || $CODE == 413 ]] || fail "100 MB in chunks: $CODE"
raw 413 'POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999999\r\n\r\nabcd'
flood=$(for i in {1..3000}; do printf 'X-%d: 12345678\\r\\n' "$i"; done)
raw 431 "GET /x HTTP/1.1\r\nHost: x\r\n$flood\r\n"
told 'too-large '

# ---- Messages ----

ask_frame >"$WORK/ask"
answers 200 granted-by-role gw "$MESSAGES" "${octets[@]}" --data-binary "@$WORK/ask"
has_header 'Content-Type: application/octet-stream'
told "^ask $(fingerprint gw) alice"
answers 200 granted-by-role gw "$MESSAGES" "${octets[@]}" --header 'Transfer-Encoding: chunked' --data-binary "@$WORK/ask"
printf 'OORD\1\6\0\0\7\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0' >"$WORK/status"
answers 403 message-not-passed gw "$MESSAGES" "${octets[@]}" --data-binary "@$WORK/status"

# Whoever waits and goes is gone for the daemon, too, at once.
take_frame >"$WORK/take"
timeout 1 curl --silent --cacert "$CERTIFICATES/authority.pem" --cert "$CERTIFICATES/gw.pem" \
    --key "$CERTIFICATES/gw.key" "${octets[@]}" --data-binary "@$WORK/take" "$URL$MESSAGES" &
told "^take $(fingerprint gw)"
wait $!
told '^gone$'
becomes_true 2 test "$(metric doorward_http_abandoned_total)" = 1 || fail 'not counted'

# ---- Too slow, too much ----

began=$(now_ms)
{ printf 'GET /x HTTP/1.1\r\nHost:'; sleep 2; } | tls >/dev/null
(($(now_ms) - began < 4000)) || fail 'a slow head is waited for'
told 'too-slow '
{ printf 'POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12'; for _ in {1..4}; do sleep 0.5; printf 3; done; } |
    tls >"$WORK/slow"
steps=$((steps + 1))
! grep -qa '^HTTP/' "$WORK/slow" || fail 'a slow body was answered'
exec {half}<>"/dev/tcp/127.0.0.1/$FRONT_PORT"
printf '\26\3\1\2\0\1' >&"$half"
before=$(awk '{print $14 + $15}' "/proc/$FRONT/stat")
expect_within 3000 0 '' timeout 6 cat <&"$half"
exec {half}>&-
(($(awk '{print $14 + $15}' "/proc/$FRONT/stat") - before < 50)) || fail 'a handshake that waits keeps the processor busy'
limited_seen=0
for _ in {1..3}; do
    codes=$(curl --silent --cacert "$CERTIFICATES/authority.pem" --cert "$CERTIFICATES/gw.pem" --output /dev/null \
        --key "$CERTIFICATES/gw.key" --write-out '%{http_code}\n' "$URL/[1-80]" | sort | uniq -c)
    grep -q 429 <<<"$codes" && limited_seen=1 && break
done
steps=$((steps + 1))
((limited_seen)) || fail "a burst is not limited: $codes"
told 'rate-limited '
ask gw /x
[[ $CODE != 429 ]] || has_header 'Retry-After: 1'
held=()
for _ in {1..45}; do
    exec {held_fd}<>"/dev/tcp/127.0.0.1/$FRONT_PORT" && held+=("$held_fd")
done
told 'too-many-connections '
for held_fd in "${held[@]}"; do
    exec {held_fd}>&-
done
becomes_true 5 test "$(metric doorward_http_connections)" -lt 20

# ---- Many at once ----

# A caller that waits as often as it can leaves room for the others.
printf "url = \"$URL$MESSAGES\"\\noutput = /dev/null\\n%.0s" {1..12} >"$WORK/many"
curl --silent --no-progress-meter --config "$WORK/many" --parallel --parallel-immediate --max-time 8 --http1.1 \
    --cacert "$CERTIFICATES/authority.pem" --cert "$CERTIFICATES/crowd.pem" \
    --key "$CERTIFICATES/crowd.key" "${octets[@]}" --data-binary "@$WORK/take" &
many=$!
told 'too-many-at-once '
answers 200 granted-by-role gw "$MESSAGES" "${octets[@]}" --data-binary "@$WORK/ask"
kill "$many" && { wait "$many" 2>/dev/null; }

# ---- Another policy ----

certificate_dated brief 20200101000000Z "$(date -u -d '+8 seconds' +%Y%m%d%H%M%SZ)"
ends=$(($(now_ms) + 8000))
callers r2 other brief
becomes_true 5 eval 'ask other /x; [[ $CODE == 404 ]]' || fail 'a new caller is not let in'
answers 000 '' gw /x
# A certificate that ends also ends on a connection that is kept.
for _ in 1 2; do
    printf 'GET /x HTTP/1.1\r\nHost: x\r\n\r\n'
    until (($(now_ms) > ends + 500)); do sleep 0.1; done
done | tls -cert "$CERTIFICATES/brief.pem" -key "$CERTIFICATES/brief.key" >"$WORK/brief" &
brief=$!
printf 'r2 degraded\n' >"$WORK/callers"
expect 22 '' curl --silent --fail "http://127.0.0.1:$MONITOR_PORT/healthz"
kill -KILL "$FAKE"
wait "$FAKE" 2>/dev/null
wait "$brief"
steps=$((steps + 1))
[[ $(grep -ac '^HTTP/1.1 404' "$WORK/brief") == 1 ]] && grep -qa '^certificate-expired' "$WORK/brief" ||
    fail "a certificate that has ended is served: $(<"$WORK/brief")"
expect 0 'not reachable' curl --silent "http://127.0.0.1:$MONITOR_PORT/healthz"
expect 0 '# TYPE doorward_http_refusals_total counter' curl --silent "http://127.0.0.1:$MONITOR_PORT/metrics"
front_stop

# ---- The real daemon ----

rm -f "$SOCKET"
policy_make "fronts = ( { name = \"http\"; uid = $FRONT_UID; } );"
policy_write organizations.d/acme.d/callers.conf \
    "callers = ( { name = \"gw-1\"; certificate = \"$(fingerprint gw)\"; may = [ \"ask\", \"vouch\" ]; } );"
daemon_start
front_start 'limits = { connections = 3; connections_per_address = 3; };'
becomes_true 10 healthy || fail "not healthy: $(tail -n 3 "$WORK/front.log")"
answers 200 '' gw "$MESSAGES" "${octets[@]}" --data-binary "@$WORK/ask"
answers 000 '' other /x
answers 404 '' gw /nothing
becomes_true 5 eval 'live events --json | grep -q unknown-caller' || fail 'no row of who was turned away'
expect 0 'caller:acme/gw-1' live events --json

# So many in all, whatever their address.
becomes_true 5 eval '[[ $(metric doorward_http_connections) == 0 ]]'
held=()
for _ in {1..3}; do
    exec {held_fd}<>"/dev/tcp/127.0.0.1/$FRONT_PORT" && held+=("$held_fd")
done
becomes_true 2 eval '[[ $(metric doorward_http_connections) == 3 ]]'
answers 000 '' gw /nothing --interface 127.0.0.2
for held_fd in "${held[@]}"; do
    exec {held_fd}>&-
done
becomes_true 5 eval 'ask gw /nothing --interface 127.0.0.2; [[ $CODE == 404 ]]' || fail 'full for ever'
front_stop
pass 'the front lets in whom it should, and nothing more than it should'
