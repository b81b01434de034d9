#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Who sees which events, as several people: those of a site by a permission there, with everything
# below it and nothing besides; followed until the permission ends; as reports, exported and saved;
# and deleted when they are too old.
. "$(dirname "$0")/lib.sh"
needs_root

rm -rf "$POLICY"
# vera sees HQ, walter its Tower, sam is an administrator, nora has nothing, olga is of another
# organization; ben manages all doors
acme() {
    policy_write organizations.d/acme.conf \
        'organization = { name = "acme"; };' \
        'sites = ( { name = "HQ"; doors = ( { name = "D1"; } ); hosts = ( { name = "gw-1"; } );' \
        '            sites = ( { name = "Tower"; doors = ( { name = "D3"; } ); } ); },' \
        '          { name = "HQ-old"; doors = ( { name = "D9"; } ); } );' \
        'callers = ( { name = "kiosk"; uid = 5020; may = [ "ask", "unlock", "vouch" ]; },' \
        '            { name = "wall"; uid = 5021; may = [ "events" ]; sites = [ "HQ" ]; },' \
        '            { name = "reader"; uid = 5008; may = [ "unlock" ]; sites = [ "HQ" ]; } );' \
        'users = ( { name = "vera"; uid = 5001; roles = ( '"${1:-}"' ); },' \
        '  { name = "walter"; uid = 5002; roles = ( { role = "access-site-viewer"; site = "HQ/Tower"; } ); },' \
        '  { name = "sam"; uid = 5003; roles = ( { role = "access-system-admin"; },' \
        '      { role = "access-site-admin"; site = "HQ"; } ); },' \
        '  { name = "nora"; uid = 5004; },' \
        '  { name = "ben"; uid = 5005; roles = ( { role = "access-site-manager"; site = "HQ"; },' \
        '      { role = "access-site-manager"; site = "HQ-old"; } ); } );'
}
VIEWER='{ role = "access-site-viewer"; site = "HQ"; }'
acme "$VIEWER"
policy_write organizations.d/other.conf \
    'organization = { name = "other"; };' \
    'sites = ( { name = "HQ"; doors = ( { name = "D1"; } ); } );' \
    'users = ( { name = "olga"; uid = 5006; roles = ( { role = "access-site-manager"; site = "HQ"; } ); } );'
policy_write doorward.conf 'host = "acme/HQ/gw-1";' 'retention = { movements = 30; };' \
    'limits = { requests_per_second = 100000; requests_burst = 100000; };'

cp "$DOORWARD" "$WORK/doorward" || fail 'cannot copy the program'
as() {
    local uid=$1
    shift
    limited setpriv --reuid="$uid" --regid="$uid" --clear-groups "$WORK/doorward" "$@" \
        --socket "$SOCKET"
}
# doors TEXT: the doors in an output, each once.
doors() {
    grep -oE 'resource=door:[^ ]+' <<<"$OUT" | sort -u | tr '\n' ' '
}
shows() {
    steps=$((steps + 1))
    [[ $(doors) == "$1" ]] || fail "shown: $(doors), expected: $1"
}

daemon_start
expect 0 '' as 5005 unlock door:acme/HQ/D1
expect 0 '' as 5005 unlock door:acme/HQ/Tower/D3
expect 0 '' as 5005 unlock door:acme/HQ-old/D9
expect 0 '' as 5006 unlock door:other/HQ/D1
expect 1 '' as 5004 unlock door:acme/HQ/D1
expect 1 '' as 5004 check --live nora access.door.view door:acme/HQ/D1

# --- Past events: of the site and below, never of one whose name begins likewise ---
expect 0 'subject=ben' as 5001 events site:acme/HQ
shows 'resource=door:acme/HQ/D1 resource=door:acme/HQ/Tower/D3 '
# A caller that may only unlock sees none
expect 1 'not-permitted' as 5008 events site:acme/HQ
for hidden in 'place=' 'caller_uid' 'granted_by' 'kind=ask' 'kind=alarm' 'kind=reload' '\.conf:'; do
    ! grep -qE "$hidden" <<<"$OUT" || fail "a person is shown $hidden: $OUT"
done
expect 0 '' as 5001 events site:acme/HQ --denied
grep -q 'subject=ben' <<<"$OUT" && fail 'what was allowed is shown as denied'
expect 0 'subject=nora' as 5001 events door:acme/HQ/D1 --user nora
expect 0 '' as 5002 events site:acme/HQ/Tower
shows 'resource=door:acme/HQ/Tower/D3 '
expect 1 'not-permitted' as 5002 events site:acme/HQ
expect 1 'not-permitted' as 5001 events site:acme/HQ-old
expect 2 'does not lie there' as 5001 report run site:acme/HQ --door door:acme/HQ-old/D9
expect 3 'site:acme/HQQ is not declared' as 5001 events site:acme/HQQ
expect 1 '' as 5001 events site:other/HQ
expect 1 '' as 5004 events site:acme/HQ
expect 3 'malformed' as 5001 events

# A program has a right of its own to them: to ask and to vouch is not it, and it lets ask nothing
expect 1 'not-permitted' as 5020 events site:acme/HQ
expect 1 'not-permitted' as 5020 events site:acme/HQ --follow
expect 1 'not-permitted' as 5020 report run site:acme/HQ
expect 0 'subject=ben' as 5021 events site:acme/HQ
shows 'resource=door:acme/HQ/D1 resource=door:acme/HQ/Tower/D3 '
expect 0 'ben' as 5021 report run site:acme/HQ
expect 0 '' as 5021 report run site:acme/HQ --format csv
expect 1 'not-permitted' as 5021 events site:acme/HQ-old
expect 3 'not-allowed' as 5021 check --live ben access.door.view door:acme/HQ/D1
expect 3 'malformed' as 5001 events organization:acme
# A pattern or a quote is a name that does not exist, never SQL
expect 2 '' as 5001 events "site:acme/HQ' OR 1=1 --"
# The denial is on record, with who was denied what
expect 0 'kind=events.*subject=nora.*decision=deny.*not-permitted' live events --user nora
# Root sees everything, and where it was decided
expect 0 'organizations\.d/acme\.conf' live events site:acme/HQ
expect 0 'resource=door:other/HQ/D1' live events

# --- Reports ---
expect 0 'subject=ben' as 5001 report run site:acme/HQ --since 2020-01-01T00:00:00Z
expect 1 'not-permitted' as 5004 report run site:acme/HQ
run as 5001 report run site:acme/HQ --format csv --door door:acme/HQ/D1
[[ $RC == 0 && $(head -n 1 <<<"$OUT") == id,time,kind,user,subject* ]] || fail "csv: $OUT"
grep -q $'\r$' <<<"$OUT" || fail 'csv lines end with CRLF'
expect 0 '' as 5001 report run site:acme/HQ --format json
jq -e 'length >= 3 and all(.[]; has("time") and (has("place") | not))' <<<"$OUT" >/dev/null ||
    fail "json: $OUT"
expect 0 '^\[\]$' as 5001 report run site:acme/HQ --format json --until 2020-01-01T00:00:00Z
expect 0 '^saved report weekly$' as 5001 report save weekly site:acme/HQ --user ben
expect 0 'name=weekly' as 5001 report list
expect 0 'subject=ben' as 5001 report run --saved weekly
! grep -q 'subject=nora' <<<"$OUT" || fail 'the filter of a saved report is lost'
expect 1 'not-permitted' as 5004 report save mine site:acme/HQ
# Others' as the roles allow: an administrator sees and deletes it, walter does neither
expect 1 'unknown-report' as 5002 report show weekly --owner vera
expect 1 'unknown-report' as 5002 report delete weekly --owner vera
expect 0 'user=ben' as 5003 report show weekly --owner vera
expect 0 'owner=vera' as 5003 report list --all
expect 0 '' as 5003 report run --saved weekly --owner vera
! "$DOORWARD" --help >/dev/null || as 5002 report list --all | grep -q weekly &&
    fail 'reports of others are listed'
as 5002 report list --all 2>&1 >/dev/null | grep -q 'of others are left out' ||
    fail 'nobody says that reports of others are left out'
! as 5003 report list --all 2>&1 >/dev/null | grep . || fail 'nothing is left out'
# They outlive the daemon, and are decided when they are run
daemon_stop
daemon_start
expect 0 'name=weekly' as 5001 report list
acme
live reload >/dev/null || fail 'no reload'
expect 1 'not-permitted' as 5001 report run --saved weekly
acme "$VIEWER"
live reload >/dev/null || fail 'no reload'
expect 0 '' as 5003 report delete weekly --owner vera
expect 1 'unknown-report' as 5001 report run --saved weekly
expect 0 'kind=report.*action=delete' live events

# --- Followed, until the permission ends ---
setpriv --reuid=5001 --regid=5001 --clear-groups "$WORK/doorward" events site:acme/HQ --follow \
    --socket "$SOCKET" >"$WORK/followed" 2>&1 </dev/null &
follower=$!
STARTED+=("$follower")
sleep 0.5
expect 0 '' as 5005 unlock door:acme/HQ-old/D9
expect 0 '' as 5005 unlock door:acme/HQ/Tower/D3
becomes_true 10 grep -q 'door:acme/HQ/Tower/D3' "$WORK/followed" || fail 'nothing is followed'
grep -q 'HQ-old' "$WORK/followed" && fail 'another site is followed'
acme
live reload >/dev/null || fail 'no reload'
ends_within 10 "$follower" || fail 'who may no longer follow still does'
wait "$follower"
[[ $? == 1 ]] || fail "it ended otherwise: $(cat "$WORK/followed")"
grep -q 'No longer permitted' "$WORK/followed" || fail "without a word: $(cat "$WORK/followed")"
acme "$VIEWER"
live reload >/dev/null || fail 'no reload'

# --- Too old ---
daemon_stop
command -v sqlite3 >/dev/null || fail 'sqlite3 is needed to make rows old'
sqlite3 "$STATE/journal.db" \
    "UPDATE events SET time = time - 31 * 86400 WHERE kind = 'unlock' AND subject = 'ben'" ||
    fail 'the journal cannot be changed'
daemon_start
is_swept() {
    live events | grep -qE 'kind=retention .*why="?movements [1-9]'
}
becomes_true 30 is_swept || fail 'nothing was deleted'
expect 0 'journal_deleted_movements: [1-9]' live status
run live events
! grep -q 'kind=unlock.*subject=ben' <<<"$OUT" || fail 'what is too old is still there'
grep -q 'kind=unlock.*subject=nora' <<<"$OUT" || fail 'more than that was deleted'
pass 'events and reports are a decided permission'
