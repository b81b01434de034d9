#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Changes at the doors, by several people on the command line: suspensions, dates, overrides,
# blocks, lockdowns, badges. Who may not is told why; everything takes effect at once, without a
# compile, and outlives a reload, a restart and a kill.
. "$(dirname "$0")/lib.sh"
needs_root

# Door D3 releases for 7 s, for who needs it 20 s.
policy_write organizations.d/acme.conf \
    'organization = { name = "acme"; timezone = "Europe/Berlin"; };' \
    'sites = ( { name = "HQ"; hosts = ( { name = "gw-1"; } );' \
    '    doors = ( { name = "D1"; }, { name = "D2"; }, { name = "D3"; release_time = 7; extended_release_time = 20; } ); },' \
    '  { name = "Branch"; doors = ( { name = "D4"; } ); } );' \
    'access_levels = ( { name = "all"; doors = [ "HQ/D1", "HQ/D3" ]; access_groups = [ "staff" ]; } );' \
    'access_groups = ( { name = "staff"; } );' \
    'users = (' \
    '  { name = "uma"; uid = 4711; roles = ( { role = "access-user-admin"; } ); },' \
    '  { name = "frank"; uid = 4712; roles = ( { role = "access-site-manager"; site = "HQ"; } ); },' \
    '  { name = "ada"; uid = 4713; roles = ( { role = "access-site-admin"; site = "HQ"; } ); },' \
    '  { name = "bob"; uid = 4714; access_groups = [ "staff" ]; },' \
    '  { name = "vera"; uid = 4715; access_groups = [ "staff" ]; extended_time = true; },' \
    '  { name = "lena"; uid = 4718; roles = ( { role = "access-site-viewer"; site = "HQ"; } ); },' \
    '  { name = "victor"; uid = 4716; access = { suspended = true; }; },' \
    '  { name = "ned"; uid = 4717; access = { until = "2030-01-01T00:00:00Z"; }; } );' \
    'lockdowns = (' \
    '  { name = "fire"; doors = [ "HQ/D1", "Branch/D4" ]; trigger = { users = [ "bob" ]; };' \
    '    release = { users = [ "ada", "ned" ]; }; unlock = { users = [ "ada" ]; }; },' \
    '  { name = "drill"; sites = [ "HQ" ]; mode = "locked-open"; } );' \
    'callers = ( { name = "reader"; uid = 4720; may = [ "ask", "unlock", "vouch" ]; sites = [ "HQ" ]; },' \
    '            { name = "kiosk"; uid = 4721; may = [ "ask" ]; } );'
policy_write doorward.conf 'host = "acme/HQ/gw-1";' \
    'sessions = ( { services = [ "sshd" ]; role = "access-site-manager"; } );'

# as UID SUBCOMMAND...: the command line program of a person, who may not get through folders that
# are private to root.
cp "$DOORWARD" "$WORK/doorward" || fail 'cannot copy the program'
as() {
    local uid=$1
    shift
    limited setpriv --reuid="$uid" --regid="$uid" --clear-groups "$WORK/doorward" "$@" \
        --socket "$SOCKET"
}
UMA=4711 FRANK=4712 ADA=4713 BOB=4714 VERA=4715 LENA=4718 READER=4720 KIOSK=4721
D1=door:acme/HQ/D1
daemon_start
revision=$(live status | sed -n 's/^revision: //p')

# --- People ---
expect 0 'unlock command' as $FRANK unlock $D1
expect 1 'not-permitted' as $ADA suspend user:acme/frank
expect 0 'nothing was changed' as $UMA suspend user:acme/frank --dry-run
expect 0 'unlock command' as $FRANK unlock $D1
expect 0 'user:acme/frank is suspended' as $UMA suspend user:acme/frank --reason 'lost his badge'
expect 1 'suspended' as $FRANK unlock $D1
expect 1 'no-change' as $UMA suspend user:acme/frank
expect 0 'no longer suspended' as $UMA resume user:acme/frank
expect 0 'unlock command' as $FRANK unlock $D1
expect 1 'no-change' as $UMA resume user:acme/frank
expect 3 'written-by-hand.*organizations\.d/acme\.conf:[0-9]+' as $UMA resume user:acme/victor
expect 3 'unknown-resource' as $UMA suspend user:acme/nobody
expect 3 'malformed-query' as $UMA suspend door:acme/HQ/D1
expect 1 'reason-missing' live suspend user:acme/frank
expect 0 'break-glass' live suspend user:acme/frank --reason 'nobody else is here'
expect 0 'break-glass' live resume user:acme/frank --reason 'somebody is'
expect 0 'reason=break-glass-change' live events
expect 0 'kind=suspend .*before=- after=suspended' live events
expect 0 'why="lost his badge"' live events

expect 0 'new dates' as $UMA dates user:acme/frank --from 2020-01-01T00:00:00Z \
    --until 2090-01-01T00:00:00Z
expect 1 'no-change' as $UMA dates user:acme/frank --from 2020-01-01T00:00:00Z \
    --until 2090-01-01T00:00:00Z
expect 0 'new dates' as $UMA dates user:acme/frank --from 2090-01-01T00:00:00Z
expect 1 'not-yet-active' as $FRANK unlock $D1
expect 0 'has no dates' as $UMA dates user:acme/frank --clear
expect 0 'unlock command' as $FRANK unlock $D1
expect 3 'has passed' as $UMA dates user:acme/frank --until 2020-01-01T00:00:00Z
expect 2 'before --until' as $UMA dates user:acme/frank --from 2030-01-01T00:00:00Z \
    --until 2029-01-01T00:00:00Z
expect 2 'or --clear' as $UMA dates user:acme/frank
expect 3 'written-by-hand' as $UMA dates user:acme/ned --until 2031-01-01T00:00:00Z
expect 3 'written-by-hand' as $UMA dates user:acme/ned --clear
expect 1 'not-permitted' as $FRANK dates user:acme/bob --until 2090-01-01T00:00:00Z

# Roles outlast a suspension, but nobody takes back what was done to him
expect 0 'is suspended' live suspend user:acme/uma --reason 'her laptop was stolen'
expect 1 'self-grant' as $UMA resume user:acme/uma
expect 1 'self-grant' as $UMA dates user:acme/uma --clear
expect 1 'self-grant' as $UMA dates user:acme/uma --until 2090-01-01T00:00:00Z
expect 0 'no longer suspended' live resume user:acme/uma --reason 'it is back'

# --- Badges ---
expect 0 'releases the door for 5 s' as $READER enter bob $D1
expect 0 'releases the door for 7 s' as $READER enter bob door:acme/HQ/D3
expect 0 'releases the door for 20 s' as $READER enter vera door:acme/HQ/D3
expect 1 'no-door-access' as $READER enter bob door:acme/HQ/D2
expect 1 'not-allowed' as $READER enter bob door:acme/Branch/D4
expect 1 'not-allowed' as $KIOSK enter bob $D1
expect 1 'not-allowed' as $BOB enter bob $D1
expect 1 'not-allowed' live enter bob $D1
expect 2 'code=true or code=false' as $READER enter bob $D1 code=maybe
expect 0 'kind=enter' live events
expect 0 'mode: Accessed' live door show door:acme/HQ/D3

# --- Doors ---
expect 0 'source: default' as $FRANK door show $D1
expect 0 'observed: Unknown' as $FRANK door show $D1
expect 1 'not-permitted' as $BOB door show $D1
expect 0 'is overridden: locked' as $FRANK door override $D1 locked --for 10m --reason 'wet floor'
expect 0 'source: override' as $FRANK door show $D1
expect 0 'by: frank' as $FRANK door show $D1
expect 0 'why: wet floor' as $FRANK door show $D1
expect 0 'why: wet floor' live door show $D1
# Who may only look is told what and until when
expect 0 'until: ' as $LENA door show $D1
grep -q 'since: ' <<<"$OUT" || fail "since when is for everybody: $OUT"
! grep -qE 'by: |why: |frank|wet floor' <<<"$OUT" || fail "lena may not change it: $OUT"
expect 1 'door-locked' as $READER enter bob $D1
expect 0 '"door_state":"locked"' as $FRANK unlock $D1 --json
expect 0 'overridden: card-and-code' as $FRANK door override $D1 card-and-code --for 2h
expect 1 'code-required' as $READER enter bob $D1
expect 1 'code-required' as $READER enter bob $D1 code=false
expect 0 'unlock command' as $READER enter bob $D1 code=true
expect 1 'not-permitted' as $BOB door override $D1 unlocked --for 1h
expect 1 'not-permitted' as $FRANK door override door:acme/Branch/D4 unlocked --for 1h
expect 2 'for DURATION|--for' as $FRANK door override $D1 unlocked --for 0s
expect 2 'too long' as $FRANK door override $D1 unlocked --for 3650d
expect 2 'needs --for' as $FRANK door override $D1 unlocked
expect 2 "STATE is .*, not 'open'" as $FRANK door override $D1 open --for 1h
expect 2 'release is at once' as $FRANK door release $D1 --for 1h
expect 2 'show changes nothing' as $FRANK door show $D1 --for 1h
expect 2 'block asks the daemon' as $FRANK door block $D1 --state "$STATE"
expect 2 'door:ORGANIZATION/SITE/DOOR' as $FRANK door show site:acme/HQ
expect 3 'a change of a user: user:' as $FRANK suspend $D1
expect 2 'organization:NAME is expected' as $FRANK lockdown list acme
expect 0 'is blocked' as $FRANK door block $D1 --for 1d
expect 0 'mode: Blocked' as $FRANK door show $D1
expect 1 'blocked' as $FRANK unlock $D1
expect 1 'blocked' as $READER enter bob $D1 code=true
expect 0 'as its schedule says' as $FRANK door release $D1
expect 1 'no-change' as $FRANK door release $D1
expect 0 'source: default' as $FRANK door show $D1
expect 0 'before="card-and-code until .* blocked until .*" after=-' live events

# An override ends by itself, with a row
expect 0 'overridden' as $FRANK door override door:acme/HQ/D2 locked --for 1s
ended() {
    live events | grep -q 'kind=door .*decision=ended'
}
becomes_true 5 ended || fail "no row says that the override ended: $(live events | tail -n 3)"
expect 0 'source: default' live door show door:acme/HQ/D2

# --- Lockdowns ---
expect 0 'lockdown=lockdown:acme/fire state=off mode=LockedDown doors=2' as $BOB lockdown list
run as $BOB lockdown list
[[ $OUT != *drill* ]] || fail "bob sees a lockdown that does not concern him: $OUT"
run as $VERA lockdown list
[[ $RC == 0 && -z $OUT ]] || fail "vera sees a lockdown: $OUT"
expect 0 'lockdown=lockdown:acme/fire state=off' as 4717 lockdown list # who may end it
expect 0 'acme/drill' live lockdown list organization:acme
expect 3 'unknown-resource' live lockdown list organization:nobody
expect 1 'not-permitted' as $FRANK lockdown start lockdown:acme/fire
expect 0 'lockdown:acme/fire is on' as $BOB lockdown start lockdown:acme/fire --reason 'smoke'
expect 1 'no-change' as $BOB lockdown start lockdown:acme/fire
expect 1 'locked-down' as $FRANK unlock $D1
expect 0 'unlock command' as $ADA unlock $D1
expect 0 'mode: LockedDown' as $FRANK door show $D1
expect 0 'lockdown: lockdown:acme/fire' as $FRANK door show $D1
! grep -qE 'by: |why: |bob|smoke' <<<"$OUT" || fail "frank may override the door, not end that: $OUT"
expect 0 'why: smoke' as $ADA door show $D1
expect 0 'acme/fire state=on .*since=' as $FRANK lockdown list
! grep -qE 'by=|why=|bob|smoke' <<<"$OUT" || fail "frank may not end it: $OUT"
expect 0 'state=on .*by=bob why=smoke' as $BOB lockdown list
expect 1 'not-permitted' as $BOB lockdown end lockdown:acme/fire
expect 1 'reason-missing' live lockdown end lockdown:acme/fire

# --- It outlives everything ---
expect 0 'is suspended' as $UMA suspend user:acme/frank
expect 0 'is blocked' as $ADA door block door:acme/HQ/D2
still_there() {
    expect 1 'suspended' as $FRANK unlock $D1
    expect 0 'mode: LockedDown' live door show $D1
    expect 0 'mode: Blocked' live door show door:acme/HQ/D2
    expect 0 'state=on .*by=bob why=smoke' live lockdown list
}
[[ $revision == "$(live status | sed -n 's/^revision: //p')" ]] || fail 'something was compiled'
still_there
policy_write organizations.d/acme.d/more.conf 'users = ( { name = "zoe"; uid = 4750; } );'
expect 0 '' live reload
still_there
daemon_stop
daemon_start
still_there
kill -KILL "$DAEMON"
wait "$DAEMON" 2>/dev/null
DAEMON=
daemon_start
still_there
expect 0 'no longer on' live lockdown end lockdown:acme/fire --reason 'no fire'
expect 0 'as its schedule says' as $ADA door release door:acme/HQ/D2
expect 0 'no longer suspended' as $UMA resume user:acme/frank
expect 0 'unlock command' as $FRANK unlock $D1

# What the policy no longer knows stays on record; root takes it away, and makes nothing of it
policy_write organizations.d/acme.d/more.conf 'users = ( { name = "zoe"; uid = 4750; } );'
expect 0 '' live reload
expect 0 'is suspended' as $UMA suspend user:acme/zoe
policy_write organizations.d/acme.d/more.conf 'users = ( { name = "zoey"; uid = 4750; } );'
expect 0 '' live reload
expect 3 'unknown-resource' as $UMA resume user:acme/zoe
expect 3 'unknown-resource' live suspend user:acme/zoe --reason 'again'
expect 3 'unknown-resource' live dates user:acme/zoe --until 2090-01-01T00:00:00Z --reason 'again'
expect 0 'suspensions: 1' live status
expect 0 'alert: live-state-unmatched' live status
expect 0 'reason=live-state-unmatched .*why="?suspension of user:acme/zoe' live events
expect 0 'no longer suspended' live resume user:acme/zoe --reason 'she is zoey now'
expect 0 'suspensions: 0' live status
[[ $OUT != *unmatched* ]] || fail "there is nothing left: $OUT"
expect 3 'unknown-resource' live resume user:acme/zoe --reason 'again'

# A store that is gone is an empty one, and somebody is told
! live events | grep -q live-state-begun || fail 'it was there at every start'
daemon_stop
rm "$STATE"/state.db*
daemon_start
expect 0 'reason=live-state-begun' live events

# --- Sessions of who is suspended are ended ---
stack_write sshd "$(module_line account)" "$(module_line session)"
# session USER PHASE: a session that goes on; its process in SESSION.
session() {
    "$PAM_HOST" --confdir "$STACKS" --service sshd --user "$1" acct_mgmt open_session "$2" \
        >"$WORK/session.$2" 2>&1 </dev/null &
    SESSION=$!
    STARTED+=("$SESSION")
    becomes_true 10 grep -q 'open_session PAM_SUCCESS' "$WORK/session.$2" ||
        fail "no session: $(cat "$WORK/session.$2")"
}
session frank hold
polite=$SESSION
session frank hold_on
stubborn=$SESSION
session ada hold
other=$SESSION
expect 0 'user=frank' live sessions
expect 1 'no-change' as $UMA resume user:acme/frank
expect 0 '2 sessions were told to end' as $UMA suspend user:acme/frank --end-sessions
ends_within 3 "$polite" || fail 'a session of who is suspended goes on'
kill -0 "$stubborn" 2>/dev/null || fail 'it was killed without being asked'
ends_within 8 "$stubborn" || fail 'a session that does not end is not killed'
kill -0 "$other" 2>/dev/null || fail 'the session of somebody else was ended'
recorded() {
    live events | grep -q 'kind=session-end .*reason=killed' &&
        live events | grep -q 'kind=session-end .*reason=terminated'
}
becomes_true 5 recorded || fail "the ends are not recorded: $(live events | tail -n 5)"
run live sessions
[[ $OUT != *frank* && $OUT == *ada* ]] || fail "open sessions: $OUT"
# Who is suspended already and has nothing left
expect 0 '0 sessions were told to end' as $UMA suspend user:acme/frank --end-sessions
expect 0 'no longer suspended' as $UMA resume user:acme/frank
kill -TERM "$other"

# Offline the same is asked of the text alone
expect 0 'mode: Locked' limited "$DOORWARD" door show $D1 --policy "$POLICY" --roles "$ROLES"

pass 'changes at the doors'
