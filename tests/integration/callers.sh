#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# From certificates to callers: the script that makes them, the lines that it prints put into a
# policy, what the command line shows of them, cards, and a list that takes several pages.
. "$(dirname "$0")/lib.sh"
needs_root
make=$root/packaging/make-certificates
PKI=$WORK/pki

# --- Certificates ---
expect 2 'Usage' "$make"
expect 2 'Usage' "$make" "$PKI"
expect 2 'Usage' "$make" "$PKI" --days 7 gw-1
expect 1 'no name of a caller' "$make" "$PKI" 'a b'
expect 1 'no name of a caller' "$make" "$PKI" ../gw-1
expect 1 'twice' "$make" "$PKI" gw-1 gw-1
expect 1 'a file of the CA' "$make" "$PKI" ca
expect 1 "no host's name" "$make" "$PKI" --server 'pdp,CA:TRUE'
[[ ! -e $PKI ]] || fail 'wrong arguments left a folder behind'
run "$make" "$PKI" --server localhost,127.0.0.1,::1 gw-1 lab
[[ $RC == 0 ]] || fail "no certificates: $OUT"
mapfile -t entries <<<"$OUT"
((${#entries[@]} == 2)) || fail "not one line a caller: $OUT"
[[ -z $(find "$PKI" ! -user root -o -perm /077) ]] || fail 'others may read the keys'
cat "$PKI"/* | sha256sum >"$WORK/before"
for name in gw-1 lab; do
    expect 0 OK openssl verify -CAfile "$PKI/ca.pem" -purpose sslclient "$PKI/$name.pem"
    expect 2 'unsuitable certificate purpose' \
        openssl verify -CAfile "$PKI/ca.pem" -purpose sslserver "$PKI/$name.pem"
done
for host in '-verify_hostname localhost' '-verify_ip 127.0.0.1' '-verify_ip ::1'; do
    # shellcheck disable=SC2086 # two words
    expect 0 OK openssl verify -CAfile "$PKI/ca.pem" -purpose sslserver $host "$PKI/server.pem"
done
expect 2 'hostname mismatch' openssl verify -CAfile "$PKI/ca.pem" -verify_hostname elsewhere "$PKI/server.pem"
expect 2 'unsuitable certificate purpose' \
    openssl verify -CAfile "$PKI/ca.pem" -purpose sslclient "$PKI/server.pem"
# Nothing is overwritten, and nothing made when something would be
expect 1 'gw-1.pem is there already; nothing was made' "$make" "$PKI" new gw-1
expect 1 'server.pem is there already; nothing was made' "$make" "$PKI" --server localhost new
cat "$PKI"/* | sha256sum | cmp -s - "$WORK/before" || fail 'certificates were changed or added'
# More of the same CA, and without half of it nothing
expect 0 'name = "late"' "$make" "$PKI" late
expect 0 OK openssl verify -CAfile "$PKI/ca.pem" -purpose sslclient "$PKI/late.pem"
mkdir "$WORK/half" && cp "$PKI/ca.pem" "$WORK/half/"
expect 1 'half of a CA' "$make" "$WORK/half" gw-1

# --- Callers ---
organization() { # MORE_CALLERS...
    policy_write organizations.d/acme.conf \
        'organization = { name = "acme"; };' \
        'sites = ( { name = "HQ"; doors = ( { name = "D1"; } ); hosts = ( { name = "gw-1"; } ); } );' \
        'access_levels = ( { name = "all"; doors = [ "HQ/D1" ]; access_groups = [ "staff" ]; } );' \
        'access_groups = ( { name = "staff"; } );' \
        'users = ( { name = "bob"; access_groups = [ "staff" ]; cards = [ "8165538" ]; },' \
        '  { name = "alice"; cards = [ "18446744073709551615", "7" ]; } );' \
        'callers = (' \
        "  { ${entries[0]} title = \"Cellar\"; sites = [ \"HQ\" ]; may = [ \"ask\", \"unlock\", \"report\" ]; }," \
        '  { name = "reader"; uid = 4720; may = [ "unlock", "vouch" ]; },' "$@" \
        "  { ${entries[1]} uid = 4721; may = [ \"ask\" ]; } );"
}
cp "$DOORWARD" "$WORK/doorward" || fail 'cannot copy the program'
as() {
    local uid=$1
    shift
    limited setpriv --reuid="$uid" --regid="$uid" --clear-groups "$WORK/doorward" "$@" \
        --socket "$SOCKET"
}
organization
policy_write doorward.conf 'fronts = ( { user = "bin"; } );' 'break_glass = [ "rescue" ];'
daemon_start
digits=$(openssl x509 -in "$PKI/gw-1.pem" -noout -fingerprint -sha256 | sed 's/.*=//; s/://g')
gateway="name=caller:acme/gw-1 organization=acme title=Cellar certificate=sha256:${digits,,} may=\"ask unlock report\" sites=HQ"
expect 0 "^$gateway\$" live callers
expect 0 '^name=caller:acme/reader organization=acme uid=4720 may="unlock vouch"$' live callers
expect 0 '^name=caller:acme/lab organization=acme certificate=sha256:[0-9a-f]{64} uid=4721 may=ask$' live callers organization:acme
[[ $(live callers --json | jq -r 'select(.name == "caller:acme/gw-1").certificate') == "sha256:${digits,,}" ]] ||
    fail 'no certificate in JSON'
expect 3 'unknown-resource' live callers organization:beta
expect 2 'organization:NAME is expected' live callers acme
expect 0 'Usage: doorward callers' "$DOORWARD" callers --help
expect 1 'not-allowed' as 4721 callers
expect 1 'unknown-caller|not-allowed' as 65534 callers
expect 0 '^certificate=sha256:[0-9a-f]{64}$' as "$(id -u bin)" callers

# --- A front's account, which has to exist and be nobody else ---
policy_write doorward.conf '' 'fronts = ( { user = "no-such-account"; } );' 'break_glass = [ "rescue" ];'
expect 3 'doorward.conf:3: error: there is no account "no-such-account" on this machine' \
    "$DOORWARD" validate --policy "$POLICY" --roles "$ROLES"
policy_write doorward.conf '' 'fronts = ( { user = "root"; } );' 'break_glass = [ "rescue" ];'
expect 3 'doorward.conf:3: error: account "root" has uid 0, which belongs to no one program' \
    "$DOORWARD" validate --policy "$POLICY" --roles "$ROLES"
policy_write doorward.conf '' 'fronts = ( { name = "web"; uid = 4720; } );' 'break_glass = [ "rescue" ];'
expect 3 'doorward.conf:3: error: uid 4720 of this front belongs to caller "reader", at organizations.d/acme.conf:10: a front is nobody else' \
    "$DOORWARD" validate --policy "$POLICY" --roles "$ROLES"

# --- Cards at a reader ---
expect 0 'door-access' as 4720 enter card:8165538 door:acme/HQ/D1
expect 1 'no-door-access' as 4720 enter card:18446744073709551615 door:acme/HQ/D1
expect 1 'unknown-card' as 4720 enter card:8165539 door:acme/HQ/D1
expect 3 'malformed-query' as 4720 enter card:08165538 door:acme/HQ/D1
expect 3 'malformed-query' as 4720 enter card: door:acme/HQ/D1
expect 1 'not-allowed' as 4721 enter card:8165538 door:acme/HQ/D1
expect 0 'why="card 8165539"' live events --denied

# --- More of them than a reader has room for at once: several pages, each caller once ---
policy_write doorward.conf 'fronts = ( { user = "bin"; } );' 'break_glass = [ "rescue" ];'
mapfile -t many < <(for ((i = 0; i < 6000; i++)); do
    printf '  { name = "many-%s"; may = [ "report" ]; certificate = "sha256:%064x"; },\n' "$i" "$i"
done)
organization "${many[@]}"
expect 0 '' live reload
[[ $(live callers | grep -oE '^name=[^ ]*' | sort | uniq | wc -l) == 6003 ]] || fail 'callers are missing'
[[ $(live callers | wc -l) == 6003 ]] || fail 'callers stand twice'

# --- A front knows them all: the one on the last page gets in, and who is on none does not ---
cp "$DOORWARD_HTTP" "$WORK/doorward-http" || fail 'cannot copy the program'
mkdir "$WORK/http" && cp "$PKI"/{ca.pem,server.pem,server.key} "$WORK/http" && chown -R bin "$WORK/http" ||
    fail 'no folder for the front'
port=$((20000 + RANDOM % 10000))
printf '%s\n' '# SPDX-License-Identifier: MIT' "listen = \"127.0.0.1:$port\";" \
    "monitor = \"127.0.0.1:$((port + 1))\";" "certificate = \"$WORK/http/server.pem\";" \
    "key = \"$WORK/http/server.key\";" "authority = \"$WORK/http/ca.pem\";" "socket = \"$SOCKET\";" \
    >"$WORK/http/http.conf"
chown bin "$WORK/http/http.conf"
setpriv --reuid=bin --regid=bin --clear-groups "$WORK/doorward-http" --config "$WORK/http/http.conf" \
    2>"$WORK/http.log" </dev/null &
STARTED+=($!)
asks() { # NAME: with that certificate
    curl -sS --max-time 10 --cacert "$PKI/ca.pem" --cert "$PKI/$1.pem" --key "$PKI/$1.key" \
        -w '%{http_code}' -o /dev/null "https://localhost:$port/.well-known/authzen-configuration"
}
becomes_true 20 asks lab || fail "the last of the callers is not let in: $(cat "$WORK/http.log" 2>&1) $(asks lab 2>&1)"
expect 0 '^200$' asks lab
expect 0 '^200$' asks gw-1
run asks late
[[ $RC != 0 && $OUT != *200 ]] || fail "who is not listed was let in: $OUT"
pass 'callers'
