# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck disable=SC2153 # DOORWARD and the others come from the environment
#
# `doorward unlock` with a real gateway: what is said when it opens the door, when it is away, when its
# driver fails, and when nobody serves the door.
. "$(dirname "$0")/lib.sh"
needs_root
. "$(dirname "$0")/gateway_lib.sh"

D1=door:acme/HQ/D1 D2=door:acme/HQ/D2 D3=door:acme/HQ/D3
policy_make
policy_write organizations.d/acme.d/gateways.conf \
    'site_additions = ( { site = "HQ"; doors = ( { name = "D3"; } ); } );' \
    "callers = ( { name = \"gw\"; uid = $GATEWAY_UID; may = [ \"unlock\", \"report\" ]; sites = [ \"HQ\" ]; } );"
daemon_start

# movements ID: what the journal says about a command, the oldest first.
movements() {
    sqlite3 "$STATE/journal.db" \
        "SELECT group_concat(decision, ' ') FROM (SELECT decision FROM events WHERE decision_id = '$1' ORDER BY id)"
}
is_recorded() {
    [[ $(movements "$1") == "$2" ]]
}
# became ID DECISIONS: the journal says so, or will soon.
became() {
    steps=$((steps + 1))
    becomes_true 5 is_recorded "$1" "$2" || fail "the journal says: $(movements "$1")"
}
id_of() {
    sed -nE 's/^unlock command ([0-9a-f]{32}),.*/\1/p' <<<"$OUT"
}
unlock() {
    live unlock "$@" --reason 'a test'
}

# Nobody serves the door: as ever, and a note
expect 0 '^No gateway serves the door: who has the id moves the lock\.$' unlock $D1
expect 0 '"gateway":"none"' unlock $D1 --json
! grep -q 'No gateway' <<<"$OUT" || fail 'JSON is followed by a note'

gateway_write "$(gateway_over_socket)" 'controllers = (' \
    "  { name = \"one\"; driver = \"null\"; doors = ( { door = \"acme/HQ/D1\"; } ); }," \
    "  { name = \"two\"; driver = \"exec\"; doors = ( { door = \"acme/HQ/D3\"; open = [ \"/bin/false\" ]; } ); } );"
gateway_start gw

# It opens
expect 0 '^commanded	the controller says that it unlocks the door \(gateway caller:acme/gw' unlock $D1
grep -q '^observed	' <<<"$OUT" || fail "nothing about what is observed: $OUT"
became "$(id_of)" 'allow commanded'
expect 0 '"gateway":"caller:acme/gw".*"command":"commanded"|"command":"commanded".*"gateway":"caller:acme/gw"' \
    unlock $D1 --json
expect_within 1500 0 '' unlock $D1 --no-wait
! grep -q '^commanded' <<<"$OUT" || fail '--no-wait waits'

# Its driver refuses
expect 3 '^command-refused	the controller has refused it' unlock $D3
became "$(id_of)" 'allow command-refused'

# A door that it does not serve
expect 0 'No gateway serves the door' unlock $D2
expect 0 '^commands_commanded: [1-9]' live status

# It is away, which is told at once
gateway_stop
expect_within 1500 3 '^error	gateway-away	' unlock $D1
! grep -q 'unlock command' <<<"$OUT" || fail "a command for nobody: $OUT"
expect 3 '"reason":"gateway-away"' unlock $D1 --json

# … and back
gateway_start gw
expect 0 'unlock command' unlock $D1 --no-wait
became "$(id_of)" 'allow commanded'
gateway_stop
pass 'an unlock says what became of it'
