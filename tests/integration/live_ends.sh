#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# What was changed live ends by itself at its second: lockdowns, overrides, blocks, dates. Each end
# is a row of the journal, and what has ended does not come back: not when the clock was set back
# and accepted, not after a restart, not after a kill.
. "$(dirname "$0")/lib.sh"
needs_root

policy_write organizations.d/acme.conf \
    'organization = { name = "acme"; timezone = "UTC"; };' \
    'sites = ( { name = "HQ"; hosts = ( { name = "gw-1"; } );' \
    '    doors = ( { name = "D1"; }, { name = "D2"; }, { name = "D3"; } ); } );' \
    'access_groups = ( { name = "staff"; } );' \
    'access_levels = ( { name = "all"; doors = [ "HQ/D1", "HQ/D2", "HQ/D3" ];' \
    '                    access_groups = [ "staff" ]; } );' \
    'users = (' \
    '  { name = "uma"; uid = 4711; roles = ( { role = "access-user-admin"; } ); },' \
    '  { name = "frank"; uid = 4712; roles = ( { role = "access-site-manager"; site = "HQ"; } ); },' \
    '  { name = "ada"; uid = 4713; access_groups = [ "staff" ]; },' \
    '  { name = "bob"; uid = 4714; access_groups = [ "staff" ]; } );' \
    'lockdowns = ( { name = "drill"; doors = [ "HQ/D1", "HQ/D3" ]; automatic_end_minutes = 30;' \
    '    trigger = { users = [ "ada" ]; }; release = { users = [ "ada" ]; }; } );' \
    'callers = ( { name = "reader"; uid = 4720; may = [ "ask", "unlock", "vouch" ]; } );'
policy_write doorward.conf 'host = "acme/HQ/gw-1";'

cp "$DOORWARD" "$WORK/doorward" || fail 'cannot copy the program'
as() { # UID SUBCOMMAND...
    local uid=$1
    shift
    limited setpriv --reuid="$uid" --regid="$uid" --clear-groups "$WORK/doorward" "$@" \
        --socket "$SOCKET"
}
UMA=4711 FRANK=4712 ADA=4713 READER=4720
D1=door:acme/HQ/D1 D2=door:acme/HQ/D2 D3=door:acme/HQ/D3
enters() { # USER DOOR
    as $READER enter "$@"
}

# row RESOURCE KIND: a row says that this has ended; rows RESOURCE: how many say so.
row() {
    live events | grep -q "kind=$2 .*resource=$1 decision=ended"
}
rows() {
    live events | grep -c "resource=$1 decision=ended"
}
ended() {
    steps=$((steps + 1))
    becomes_true 10 row "$@" || fail "no row says that $1 ended: $(live events | tail -n 3)"
}
kill_daemon() {
    kill -KILL "$DAEMON"
    wait "$DAEMON" 2>/dev/null
    DAEMON=
}
denies_time() {
    local said
    said=$(live status) # degraded is an exit status of its own
    [[ $said == *'alert: clock-untrusted'* ]]
}
# accepted TIME: somebody set the clock to TIME, and root says that it is right. What has ended is
# put away first.
accepts() {
    live clock accept --reason 'the clock was wrong' >"$WORK/accepted" 2>&1
}
accepted() {
    clock_jump "$1"
    steps=$((steps + 1))
    becomes_true 10 accepts || fail "the clock is not accepted: $(cat "$WORK/accepted")"
}

clock_set 2026-06-01T08:00:00Z
daemon_start

# --- A lockdown ends at its minute ---
expect 0 'is on' as $ADA lockdown start lockdown:acme/drill --reason 'a drill'
expect 0 'state=on .*until=2026-06-01T08:30:00Z' live lockdown list
clock_set 2026-06-01T08:29:59Z
expect 1 'locked-down' as $FRANK unlock $D1
expect 1 'locked-down' enters bob $D3
expect 0 'mode: LockedDown' live door show $D1
clock_set 2026-06-01T08:30:00Z
expect 0 'unlock command' as $FRANK unlock $D1
expect 0 'unlock command' enters bob $D3
expect 0 'state=off' live lockdown list
expect 0 'source: default' live door show $D1
ended lockdown:acme/drill lockdown
expect 0 'before="?on until 2026-06-01T08:30:00Z"? after=-' live events
# … and can be started again, for its time
expect 0 'is on' as $ADA lockdown start lockdown:acme/drill
expect 0 'until=2026-06-01T09:00:00Z' live lockdown list
expect 0 'no longer on' as $ADA lockdown end lockdown:acme/drill

# --- An override and a block of one door end one after the other ---
expect 0 'overridden' as $FRANK door override $D1 card-and-code --for 20m
expect 0 'is blocked' as $FRANK door block $D1 --for 10m
expect 0 'overridden' as $FRANK door override $D2 locked --for 1h
clock_set 2026-06-01T08:39:59Z
expect 1 'blocked' enters bob $D1 code=true
clock_set 2026-06-01T08:40:00Z
expect 0 'unlock command' enters bob $D1 code=true
expect 1 'code-required' enters bob $D1
ended $D1 door
expect 0 'state: card-and-code' live door show $D1
expect 0 'until: 2026-06-01T08:50:00Z' live door show $D1
clock_set 2026-06-01T08:49:59Z
expect 1 'code-required' enters bob $D1
clock_set 2026-06-01T08:50:00Z
expect 0 'unlock command' enters bob $D1
two() {
    (($(rows $D1) == 2))
}
becomes_true 10 two || fail "not a row for each: $(live events | tail -n 4)"
expect 0 'source: default' live door show $D1

# --- Dates hold from their start, and not at their end ---
expect 0 'new dates' as $UMA dates user:acme/bob --from 2026-06-01T09:00:00Z \
    --until 2026-06-01T12:00:00Z
expect 1 'not-yet-active' enters bob $D1
clock_set 2026-06-01T09:00:00Z
expect 0 'unlock command' enters bob $D1
expect 0 'new dates' as $UMA dates user:acme/ada --until 2026-06-01T12:00:00Z
clock_set 2026-06-01T11:59:59Z
expect 0 'unlock command' enters bob $D1
clock_set 2026-06-01T12:00:00Z
expect 1 'expired' enters bob $D1
ended user:acme/bob dates
ended user:acme/ada dates
ended $D2 door

# --- … and nothing comes back with an earlier clock ---
still_ended() {
    expect 1 'expired' enters bob $D1
    expect 1 'expired' enters ada $D1
    expect 0 'source: default' live door show $D1
    expect 0 'source: default' live door show $D2
    expect 0 'state=off' live lockdown list
}
clock_jump 2026-06-01T08:10:00Z
expect 1 'expired' enters bob $D1
accepted 2026-06-01T08:10:00Z
still_ended
daemon_stop
daemon_start
still_ended
kill_daemon
daemon_start
still_ended
(($(rows user:acme/bob) == 1)) || fail 'it ended more than once'
# New dates are new
expect 0 'no dates' as $UMA dates user:acme/ada --clear
expect 0 'unlock command' enters ada $D1
expect 0 'new dates' as $UMA dates user:acme/bob --until 2026-06-01T08:20:00Z
expect 0 'unlock command' enters bob $D1

# --- What ends while the daemon is down has ended when it is back ---
expect 0 'overridden' as $FRANK door override $D2 locked --for 5m
expect 0 'is on' as $ADA lockdown start lockdown:acme/drill
daemon_stop
clock_set 2026-06-01T08:45:00Z
daemon_start
expect 1 'expired' enters bob $D2
expect 0 'unlock command' enters ada $D2
becomes_true 10 row user:acme/bob dates
ended lockdown:acme/drill lockdown
accepted 2026-06-01T08:11:00Z
expect 1 'expired' enters bob $D2
expect 0 'unlock command' enters ada $D2
expect 0 'unlock command' enters ada $D3

# --- … also when the clock is set back in the very moment it ended ---
expect 0 'new dates' as $UMA dates user:acme/bob --until 2026-06-01T09:00:00Z
expect 0 'is blocked' as $FRANK door block $D2 --for 49m
expect 0 'unlock command' enters bob $D1
for round in running killed; do
    clock_set 2026-06-01T09:00:00Z
    expect 1 'expired' enters bob $D1
    if [[ $round == killed ]]; then
        kill_daemon
        clock_jump 2026-06-01T08:11:00Z
        daemon_run
        becomes_true 30 denies_time || fail "the daemon does not doubt the clock: $(live status)"
    fi
    accepted 2026-06-01T08:11:00Z
    expect 1 'expired' enters bob $D1
    expect 0 'source: default' live door show $D2
    [[ $round == killed ]] && break
    expect 0 'new dates' as $UMA dates user:acme/bob --until 2026-06-01T09:00:00Z
    expect 0 'is blocked' as $FRANK door block $D2 --for 49m
done

# --- While the clock cannot be trusted nothing ends, and blocks and lockdowns stay ---
expect 0 'is blocked' as $FRANK door block $D2 --for 5m
expect 0 'overridden' as $FRANK door override $D1 unlocked --for 5m
clock_jump 2030-01-01T00:00:00Z
expect 1 'blocked' enters ada $D2
expect 1 'clock-untrusted' enters ada $D1
expect 0 'mode: Blocked' live door show $D2
clock_jump 2026-06-01T08:12:00Z
expect 0 'unlock command' enters ada $D1
expect 1 'blocked' enters ada $D2
expect 0 'as its schedule says' as $FRANK door release $D2

pass 'what was changed live ends, and stays ended'
