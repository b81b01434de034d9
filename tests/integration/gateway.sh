#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# doorward-gateway and doorwardd over the local socket: who may, opens a door, once; what came of it
# is told; a gateway that is away is told of at once; what happened while the daemon was away is
# reported afterwards.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/gateway_lib.sh"
needs_root

ALICE=4711
BOB=4712
MOVES=$WORK/moves
touch "$MOVES" "$MOVES.none" "$MOVES.slow"
chmod 0666 "$MOVES"*

# person UID COMMAND...: the command line program as somebody.
person() {
    local uid=$1
    shift
    limited setpriv --reuid "$uid" --regid "$uid" --clear-groups "$DOORWARD" "$@" --socket "$SOCKET"
}

rows() { # SQL
    sqlite3 -batch -readonly "$STATE/journal.db" "$1"
}

# moved COUNT: locks have moved so often.
moved() {
    [[ $(wc -l <"$MOVES") == "$1" ]]
}

# row KIND DECISION DOOR: there is such a row.
row() {
    [[ $(rows "SELECT count(*) FROM events WHERE kind = '$1' AND decision = '$2' AND
        resource LIKE '%$3'") -gt 0 ]]
}

policy_write organizations.d/acme.conf \
    'organization = { name = "acme"; };' \
    'sites = ( { name = "HQ"; doors = ( { name = "lab"; release_time = 2; }, { name = "shut"; },' \
    '            { name = "slow"; }, { name = "dry"; }, { name = "alone"; } ); },' \
    '          { name = "Annex"; doors = ( { name = "D9"; } ); } );' \
    "users = ( { name = \"alice\"; uid = $ALICE;" \
    '    roles = ( { role = "access-site-manager"; site = "HQ"; } ); },' \
    "  { name = \"bob\"; uid = $BOB; } );" \
    "callers = ( { name = \"gw-1\"; uid = $GATEWAY_UID; may = [ \"unlock\", \"report\" ]; sites = [ \"HQ\" ]; } );"
policy_write doorward.conf 'limits = { requests_per_second = 1000; requests_burst = 1000; };'

gateway_write "$(gateway_over_socket)" \
    'controllers = ( { name = "relays"; driver = "exec"; timeout_milliseconds = 1000; doors = (' \
    "  { door = \"acme/HQ/lab\"; open = [ \"$FAKE_LOCK\", \"$MOVES\" ]; }," \
    "  { door = \"acme/HQ/shut\"; open = [ \"$FAKE_LOCK\", \"$MOVES.none\", \"1\" ]; }," \
    "  { door = \"acme/HQ/slow\"; open = [ \"$FAKE_LOCK\", \"$MOVES.slow\", \"0\", \"20000\" ]; } ); }," \
    '  { name = "test"; driver = "null"; doors = ( { door = "acme/HQ/dry"; } ); } );'
CONFIGURATION=$WORK/gateway/gateway.conf

# The configuration is checked without anything being moved, and an error has its place.
expect 0 '^$' "$DOORWARD_GATEWAY" --check --config "$CONFIGURATION"
sed 's/driver = "null"/driver = "nul"/' "$CONFIGURATION" >"$WORK/gateway/wrong.conf"
expect 3 'wrong.conf:8: error: unknown "nul" in "driver"' \
    "$DOORWARD_GATEWAY" --check --config "$WORK/gateway/wrong.conf"
expect 3 'wrong.conf:8: error' "$DOORWARD_GATEWAY" --config "$WORK/gateway/wrong.conf"
printf '%s\n' 'daemon = { url = "https://127.0.0.1"; authority = "wrong.conf"; certificate = "no.pem"; key = "wrong.conf"; };' \
    'controllers = ( { name = "test"; driver = "null"; doors = ( { door = "acme/HQ/dry"; } ); } );' >"$WORK/gateway/files.conf"
expect 3 'gateway/no.pem: No such file' "$DOORWARD_GATEWAY" --check --config "$WORK/gateway/files.conf"
expect 2 'try doorward-gateway --help' "$DOORWARD_GATEWAY" --config

# The gateway may be first: it waits for the daemon.
gateway_run
daemon_start
expect 0 '' becomes_true 20 gateway_serves gw-1

# One opens, because she may: moved once, commanded, for as long as the door says.
expect 0 'commanded' person "$ALICE" unlock door:acme/HQ/lab
expect 0 '^[0-9a-f]{32} acme/HQ/lab 2 ' cat "$MOVES"
moved 1 || fail "moved $(wc -l <"$MOVES") times"
read -r id _ <"$MOVES"
[[ $(rows "SELECT count(*) FROM events WHERE kind = 'command' AND decision = 'commanded' AND
    decision_id = '$id' AND gateway LIKE 'caller:acme/gw-1 #%'") == 1 ]] ||
    fail "no row of command $id"
expect 0 'unlock command' person "$ALICE" unlock door:acme/HQ/dry --no-wait
expect 0 '' becomes_true 5 row command commanded acme/HQ/dry
expect 0 'would open acme/HQ/dry' cat "$WORK/gateway.log"

# Who may not, does not; what is refused, late or unknown is told as such.
expect 1 'deny' person "$BOB" unlock door:acme/HQ/lab
moved 1 || fail 'a door moved for somebody who may not'
expect 3 'command-refused|refused' person "$ALICE" unlock door:acme/HQ/shut
expect 3 'unknown' person "$ALICE" unlock door:acme/HQ/slow
expect 0 '' becomes_true 5 row command command-unknown acme/HQ/slow

# One gateway on one state folder.
expect 3 'another gateway is running on it' \
    setpriv --reuid "$GATEWAY_UID" --regid "$GATEWAY_UID" --clear-groups \
    "$DOORWARD_GATEWAY" --config "$CONFIGURATION"

# A key that others may read is nobody's own.
mkdir -m 0700 "$WORK/other-state" && chown "$GATEWAY_UID" "$WORK/other-state"
printf 'a key\n' >"$WORK/gateway/gw.key"
chmod 0604 "$WORK/gateway/gw.key"
sed -e "s|$WORK/gateway-state|$WORK/other-state|" -e "s|^daemon = .*|daemon = { url = \"https://127.0.0.1:1\"; \
authority = \"$WORK/gateway/gw.key\"; certificate = \"$WORK/gateway/gw.key\"; key = \"$WORK/gateway/gw.key\"; };|" \
    "$CONFIGURATION" >"$WORK/gateway/remote.conf"
expect 3 'gw.key: may be read by others' \
    setpriv --reuid "$GATEWAY_UID" --regid "$GATEWAY_UID" --clear-groups \
    "$DOORWARD_GATEWAY" --config "$WORK/gateway/remote.conf"

# A gateway that is killed is away at once; nothing moves, and the next one serves again.
gateway_kill
expect_within 2500 3 'gateway-away' person "$ALICE" unlock door:acme/HQ/lab
moved 1 || fail 'a door moved without a gateway'
gateway_run
expect 0 '' becomes_true 20 gateway_serves gw-1
moved 1 || fail 'a door moved because a gateway was started'

# What happens while the daemon is away is reported afterwards, without a gap.
daemon_stop
gateway_stop
gateway_run
becomes_true 5 grep -q 'doors are served' "$WORK/gateway.log" || fail 'the gateway does not start'
daemon_start
expect 0 '' becomes_true 20 gateway_serves gw-1
started_rows() { [[ $(rows "SELECT count(*) FROM events WHERE decision = 'gateway-started'") == 3 ]]; }
expect 0 '' becomes_true 10 started_rows
[[ $(rows "SELECT count(*) FROM events WHERE decision = 'gap'") == 0 ]] || fail 'a gap of events'
expect 0 'unlock command' person "$ALICE" unlock door:acme/HQ/lab --no-wait
expect 0 '' becomes_true 5 moved 2

# Its store taken away: no door moves, and operators are told at once.
mv "$WORK/gateway-state/gateway.db" "$WORK/gateway-state/kept"
expect 0 'unlock command' person "$ALICE" unlock door:acme/HQ/lab --no-wait
expect 0 '' becomes_true 5 grep -q 'The store cannot be written' "$WORK/gateway.log"
away() { live callers --json | jq -e 'select(.gateway == "away")'; }
expect 0 '' becomes_true 5 away # it may have been between two questions
expect_within 2500 3 'gateway-away' person "$ALICE" unlock door:acme/HQ/lab
moved 2 || fail 'a door moved whose command could not be used up'
mv "$WORK/gateway-state/kept" "$WORK/gateway-state/gateway.db"
expect 0 '' becomes_true 20 gateway_serves gw-1
expect 0 'unlock command' person "$ALICE" unlock door:acme/HQ/lab --no-wait
expect 0 '' becomes_true 5 moved 3
# … and what became of the command that came meanwhile
expect 0 '' becomes_true 5 row command command-failed acme/HQ/lab

gateway_stop

# What the log says of a door that nobody gave to this gateway, and of a daemon that is not there.
says() { tail -n 1 "$WORK/gateway.log" | grep -q -- "$1"; }
sed -i 's|acme/HQ/|acme/Annex/|' "$CONFIGURATION"
gateway_run
expect 0 '' becomes_true 5 says 'gives this gateway nothing to do: not-allowed; at none of its doors'
gateway_stop
sed -i 's|^daemon = .*|daemon = { socket = "/nowhere/decide.sock"; };|' "$CONFIGURATION"
gateway_run
expect 0 '' becomes_true 5 grep -q 'doorwardd is not reached: .* (/nowhere/decide.sock)' "$WORK/gateway.log"
gateway_stop
pass 'a door moves once, and what came of it is known'
