#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# What live changes mean at a door and at a login: several lockdowns of one door and who passes
# them, which of them says the mode, badges with and without a code, how long a door is released,
# what somebody suspended may still do, and records about what the policy has lost and gets back.
. "$(dirname "$0")/lib.sh"
needs_root

# acme LINES...: the policy, with more lists. D3 takes card and code; vera needs more time.
acme() {
    policy_write organizations.d/acme.conf \
        'organization = { name = "acme"; timezone = "UTC"; };' \
        'access_groups = ( { name = "staff"; } );' \
        'access_levels = ( { name = "all"; doors = [ "HQ/D1", "HQ/D3" ]; access_groups = [ "staff" ]; } );' \
        'callers = ( { name = "reader"; uid = 4720; may = [ "ask", "unlock", "vouch" ]; } );' "$@"
}
SITES='sites = ( { name = "HQ"; hosts = ( { name = "gw-1"; } );
    doors = ( { name = "D1"; },
              { name = "D3"; default_state = "card-and-code"; release_time = 7; extended_release_time = 20; } ); } );'
OTHERS='{ name = "uma"; uid = 4711; roles = ( { role = "access-user-admin"; } ); },
    { name = "ada"; uid = 4713; roles = ( { role = "access-site-admin"; site = "HQ"; } ); },
    { name = "vera"; uid = 4715; access_groups = [ "staff" ]; extended_time = true;
      roles = ( { role = "access-site-manager"; site = "HQ"; } ); }'
FRANK_LINE='{ name = "frank"; uid = 4712; access_groups = [ "staff" ];
    roles = ( { role = "access-site-manager"; site = "HQ"; } ); }'
LOCKDOWNS='lockdowns = (
    { name = "both"; doors = [ "HQ/D1" ]; rank = 20; unlock = { users = [ "ada", "frank" ]; }; },
    { name = "one"; sites = [ "HQ" ]; rank = 30; unlock = { users = [ "ada", "vera" ]; }; },
    { name = "open"; doors = [ "HQ/D1" ]; mode = "locked-open"; rank = 10; } );'
whole() {
    acme "$SITES" "users = ( $OTHERS, $FRANK_LINE );" "$LOCKDOWNS"
}
whole
policy_write doorward.conf 'host = "acme/HQ/gw-1";' \
    'sessions = ( { services = [ "sshd" ]; role = "access-site-manager"; } );'

cp "$DOORWARD" "$WORK/doorward" || fail 'cannot copy the program'
as() { # UID SUBCOMMAND...
    local uid=$1
    shift
    limited setpriv --reuid="$uid" --regid="$uid" --clear-groups "$WORK/doorward" "$@" \
        --socket "$SOCKET"
}
UMA=4711 FRANK=4712 ADA=4713 VERA=4715 READER=4720
D1=door:acme/HQ/D1 D3=door:acme/HQ/D3
lockdown() { # start|end NAME
    expect 0 'lockdown:acme/' as $ADA lockdown "$1" "lockdown:acme/$2"
}
daemon_start

# --- How long a door is released, and its state ---
expect 0 '"release_seconds":5[,}]' as $FRANK unlock $D1 --json
expect 0 '"door_state":"access-controlled"' as $FRANK unlock $D1 --json
expect 0 '"release_seconds":7[,}]' as $FRANK unlock $D3 --json
expect 0 '"release_seconds":20[,}]' as $VERA unlock $D3 --json
expect 0 '"release_seconds":5[,}]' as $VERA unlock $D1 --json
expect 0 '"release_seconds":7[,}]' as $READER enter frank $D3 code=true --json
expect 0 '"release_seconds":20[,}]' as $READER enter vera $D3 code=true --json
expect 0 '"door_state":"card-and-code"' as $READER enter vera $D3 code=true --json
run as $READER enter frank $D3 --json
[[ $RC == 1 && $OUT != *release_seconds* && $OUT == *'"door_state":""'* ]] ||
    fail "what is denied releases nothing: $OUT"

# --- Card and code ---
expect 1 'code-required' as $READER enter frank $D3
expect 1 'code-required' as $READER enter frank $D3 code=false
expect 0 'unlock command' as $READER enter frank $D3 code=true
expect 0 'unlock command' as $READER enter frank $D1 code=false
expect 1 'no-door-access' as $READER enter ada $D3 code=true

# --- Lockdowns: only who is listed by all of them passes ---
lockdown start both
expect 0 'unlock command' as $FRANK unlock $D1
expect 0 'unlock command' as $READER enter frank $D1
expect 1 'locked-down' as $VERA unlock $D1
expect 0 'unlock command' as $VERA unlock $D3
lockdown start one
expect 1 'locked-down' as $FRANK unlock $D1
expect 1 'locked-down' as $READER enter frank $D1
expect 1 'locked-down' as $VERA unlock $D1
expect 0 'unlock command' as $ADA unlock $D1
expect 0 'unlock command' as $VERA unlock $D3
expect 1 'locked-down' as $FRANK unlock $D3
expect 0 'lockdown: lockdown:acme/both' live door show $D1
expect 0 'lockdown: lockdown:acme/one' live door show $D3
# The rank decides what is shown, and opens nothing
lockdown start open
expect 0 'mode: LockedOpen' live door show $D1
expect 0 'lockdown: lockdown:acme/open' live door show $D1
expect 1 'locked-down' as $FRANK unlock $D1
expect 0 'unlock command' as $ADA unlock $D1
expect 0 'mode: LockedDown' live door show $D3
lockdown end one
expect 0 'unlock command' as $FRANK unlock $D1
expect 1 'locked-down' as $VERA unlock $D1
lockdown end both
# One that opens is in nobody's way, and a block stays one
expect 0 'mode: LockedOpen' live door show $D1
expect 0 'unlock command' as $VERA unlock $D1
expect 0 'unlock command' as $READER enter frank $D1
expect 0 'is blocked' as $ADA door block $D1
expect 0 'mode: LockedOpen' live door show $D1
expect 1 'blocked' as $FRANK unlock $D1
expect 0 'as its schedule says' as $ADA door release $D1
expect 0 'source: lockdown' live door show $D1
lockdown end open
expect 0 'source: default' live door show $D1

# --- Who is suspended does not log in, opens no door, and keeps what else he may ---
stack_write sshd "$(module_line account)" "$(module_line session)"
logs_in() {
    host sshd frank acct_mgmt open_session
}
expect 0 'open_session PAM_SUCCESS' logs_in
expect 0 'is suspended' as $UMA suspend user:acme/frank
expect 1 'acct_mgmt PAM_PERM_DENIED' logs_in
expect 1 'suspended' as $FRANK unlock $D1
expect 1 'suspended' as $READER enter frank $D1
expect 1 'suspended' live check --live frank access.door.unlock $D1
expect 0 'allow' live check --live frank access.door.view $D1
expect 0 'no longer suspended' as $UMA resume user:acme/frank
expect 0 'open_session PAM_SUCCESS' logs_in
# … and so of dates
expect 0 'new dates' as $UMA dates user:acme/frank --from 2090-01-01T00:00:00Z
expect 1 'acct_mgmt PAM_PERM_DENIED' logs_in
expect 0 'allow' live check --live frank access.door.view $D1
expect 0 'no dates' as $UMA dates user:acme/frank --clear
expect 0 'open_session PAM_SUCCESS' logs_in

# --- Records about what the policy loses wait for it ---
expect 0 'is suspended' as $UMA suspend user:acme/frank --reason 'lost his badge'
expect 0 'is blocked' as $ADA door block $D3
lockdown start both
acme 'sites = ( { name = "HQ"; hosts = ( { name = "gw-1"; } ); doors = ( { name = "D1"; } ); } );' \
    "users = ( $OTHERS );"
sed -i 's|, "HQ/D3"||' "$POLICY/organizations.d/acme.conf"
expect 0 'revision' live reload
expect 0 'source: default' live door show $D1
expect 0 'unlock command' as $VERA unlock $D1
expect 3 'unknown-resource' as $UMA resume user:acme/frank
expect 3 'unknown-resource' as $ADA door release $D3
run live lockdown list
[[ $RC == 0 && -z $OUT ]] || fail "a lockdown that the policy does not know is listed: $OUT"
daemon_stop
daemon_start
expect 0 'unlock command' as $VERA unlock $D1
whole
expect 0 'revision' live reload
expect 1 'suspended' as $FRANK unlock $D1
expect 1 'blocked' as $ADA unlock $D3
expect 1 'locked-down' as $VERA unlock $D1
expect 0 'state=on' live lockdown list
expect 0 'no longer suspended' as $UMA resume user:acme/frank
expect 0 'unlock command' as $FRANK unlock $D1

pass 'live changes at a door and at a login'
