#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# A day at Acme, Thursday, 24 December 2026, from before the doors open until the report in the
# evening: the policy is in the folder day, the time is a virtual clock's, the people are uids, the
# login is libpam's. Every decision is explained, and stands in the journal under its id; at the
# end the journal of the whole day is compared with the table below.
. "$(dirname "$0")/lib.sh"
needs_root

# What is to be in the journal, by the clock of Berlin
day_expected() {
    cat <<'TABLE'
07:59:59 helen dates user:acme/nora allow granted-by-role
07:59:59 nora access.door.enter door:acme/HQ/front deny not-yet-active
08:00:00 robin access.door.unlock door:acme/HQ/front allow granted-by-role
08:00:00 robin access.door.unlock door:acme/Shop/entrance deny not-permitted
08:59:59 nora access.door.enter door:acme/HQ/front deny not-yet-active
09:00:00 nora access.door.enter door:acme/HQ/front allow door-access
09:00:00 nora access.door.enter door:acme/HQ/lobby deny no-door-access
09:30:00 frank account host:acme/HQ/gw-1 allow granted-by-role
09:30:00 frank session-open host:acme/HQ/gw-1 allow granted-by-role
09:30:00 helen account host:acme/HQ/gw-1 deny not-permitted
10:59:59 robin access.door.enter door:acme/HQ/lobby allow door-access
11:00:00 robin access.door.enter door:acme/HQ/lobby deny door-locked
11:00:00 robin access.door.unlock door:acme/HQ/lobby deny door-locked
11:00:00 frank access.door.unlock door:acme/HQ/lobby allow granted-by-role
11:10:00 robin override door:acme/HQ/lobby deny not-permitted
11:10:00 frank override door:acme/HQ/lobby allow granted-by-role
11:10:00 robin access.door.enter door:acme/HQ/lobby deny code-required
11:10:00 robin access.door.enter door:acme/HQ/lobby allow door-access
11:40:00 frank override door:acme/HQ/lobby ended -
11:40:00 robin access.door.enter door:acme/HQ/lobby deny door-locked
11:59:59 nora access.door.enter door:acme/HQ/front allow door-access
12:00:00 helen dates user:acme/nora ended -
12:00:00 nora access.door.enter door:acme/HQ/front deny expired
13:00:00 grace suspend user:acme/frank deny not-permitted
13:00:00 helen suspend user:acme/frank allow granted-by-role
13:00:00 frank session-end host:acme/HQ/gw-1 done suspended
13:00:00 frank session-end host:acme/HQ/gw-1 ended terminated
13:00:00 frank access.door.unlock door:acme/HQ/front deny suspended
13:00:00 frank account host:acme/HQ/gw-1 deny suspended
14:00:00 anna start-lockdown lockdown:acme/headquarters deny not-permitted
14:00:00 robin start-lockdown lockdown:acme/headquarters allow listed
14:00:00 robin access.door.enter door:acme/HQ/front deny locked-down
14:00:00 grace access.door.unlock door:acme/HQ/front deny locked-down
14:00:00 sam access.door.unlock door:acme/HQ/front allow granted-by-role
14:00:00 anna access.door.unlock door:acme/Shop/entrance allow granted-by-role
14:30:00 robin end-lockdown lockdown:acme/headquarters deny not-permitted
14:30:00 sam end-lockdown lockdown:acme/headquarters allow listed
14:30:00 grace access.door.unlock door:acme/HQ/front allow granted-by-role
16:00:00 helen resume user:acme/frank allow granted-by-role
16:00:00 frank account host:acme/HQ/gw-1 allow granted-by-role
18:00:00 robin access.report.run site:acme/HQ allow granted-by-role
18:00:00 robin access.report.export site:acme/HQ allow granted-by-role
18:00:00 robin access.report.export site:acme/HQ allow granted-by-role
18:00:00 anna access.report.run site:acme/HQ deny not-permitted
18:00:00 anna access.historical-event.view site:acme/HQ deny not-permitted
18:00:00 robin save site:acme/HQ done -
18:00:00 robin access.report.run site:acme/HQ allow granted-by-role
TABLE
}
FRONT=door:acme/HQ/front LOBBY=door:acme/HQ/lobby SHOP=door:acme/Shop/entrance
GATEWAY=host:acme/HQ/gw-1 LOCKDOWN=lockdown:acme/headquarters
declare -A UIDS=([robin]=4701 [frank]=4702 [grace]=4703 [sam]=4704 [helen]=4705 [anna]=4706
    [reader]=4710)

cp -r "$here/day" "$POLICY" && chmod -R u=rwX,go=rX "$POLICY" &&
    cp "$DOORWARD" "$WORK/doorward" || fail 'cannot copy the policy and the program'
stack_write sshd "$(module_line account)" "$(module_line session)"

# at TIME: it is TIME in Berlin.
at() {
    NOW=$1
    clock_set "$(date -u -d "2026-12-24T$1+01:00" +%FT%TZ)"
}

# as WHO SUBCOMMAND...: somebody, who may not get through folders that are private to root.
as() {
    limited setpriv --reuid="${UIDS[$1]}" --regid="${UIDS[$1]}" --clear-groups "$WORK/doorward" \
        "${@:2}" --socket "$SOCKET"
}

# day_recorded: the journal as the table has it; not the questions of `explain`.
day_recorded() {
    live events --json | jq -r 'select(.subject and .kind != "ask") | [
        (.time | fromdate + 3600 | todate | .[11:19]), .subject,
        (if .kind == "account" or (.kind | startswith("session")) then .kind else .action end),
        .resource // "-", .decision, .reason // "-"] | join(" ")'
}

# is_in_journal REASON: what was answered last is a row, under the id that the answer has.
is_in_journal() {
    local id
    id=$(sed -nE 's/.*(^|\()(decision|unlock command) ([0-9a-f]{32}).*/\3/p' <<<"$OUT")
    steps=$((steps + 1))
    becomes_true 10 has_decision "${id:-none}" "$1" || fail "$NOW: no row with the id of $OUT"
}
has_decision() {
    live events --json | jq -e --arg id "$1" --arg reason "$2" -s \
        'any(.[]; .decision_id == $id and .reason == $reason)'
}

# decides WHO allow|deny REASON SUBCOMMAND...: and the decision is in the journal under its id. What
# was decided is explained, by `because` behind it or `foretold` before it.
unexplained=
told=
decides() {
    [[ -z $unexplained ]] || fail "nobody explained: $unexplained"
    [[ -n $told ]] || unexplained="$NOW $*"
    told=
    [[ $2 == allow ]] && DECIDED=0 || DECIDED=1
    expect $DECIDED "^$2"$'\t'"$3"$'\t' as "$1" "${@:4}"
    is_in_journal "$3"
}

# because TEXT QUESTION...: that decision is explained so.
because() {
    expect "$DECIDED" "$1" live explain --live "${@:2}"
    unexplained=
}

# foretold TEXT QUESTION...: it will be allowed, and explained so; afterwards it would be no change.
foretold() {
    DECIDED=0 because "$@"
    told=yes
}

# shown DOOR MODE SOURCE; a locked door is Accessed for the seconds of an unlock, which are those of
# the machine and not of the virtual clock.
shown() {
    local mode=$2 who=robin
    [[ $mode != Locked ]] || mode='(Locked|Accessed)'
    [[ $1 != "$SHOP" ]] || who=anna
    expect 0 "^mode: $mode\$" as $who door show "$1"
    grep -qx "source: $3" <<<"$OUT" || fail "$NOW $1: no source $3 in $OUT"
}

has_row() { # TEXT
    day_recorded | grep -qx "$NOW $1"
}

# ended SUBJECT ACTION RESOURCE: what ends by itself is a row, a second later at most.
ended() {
    steps=$((steps + 1))
    becomes_true 10 has_row "$* ended -" || fail "$NOW $*: has not ended"
}

# logs_in WHO allow|deny REASON
logs_in() {
    [[ $2 == allow ]] && DECIDED=0 || DECIDED=1
    expect $DECIDED "(account: $1 denied: $3|acct_mgmt PAM_SUCCESS)" host sshd "$1" acct_mgmt
    [[ $2 == allow ]] || is_in_journal "$3"
}

at 07:59:59
daemon_start
shown $FRONT Locked default
decides helen allow granted-by-role dates user:acme/nora --from 2026-12-24T09:00:00+01:00 \
    --until 2026-12-24T12:00:00+01:00 --reason 'comes to sign'
because 'Access User Manager' helen access.user-access-dates.update user:acme/nora
decides reader deny not-yet-active enter nora $FRONT
because 'not begin before 2026-12-24T08:00:00Z, as set .* by helen: comes to sign' \
    nora access.door.enter $FRONT

# The doors open; the receptionist unlocks hers all the same, for who stands outside
at 08:00:00
shown $FRONT Unlocked schedule
shown $LOBBY Unlocked exception
decides robin allow granted-by-role unlock $FRONT
because 'door access access-level:acme/headquarters' robin access.door.unlock $FRONT
decides robin deny not-permitted unlock $SHOP
because 'site:acme/HQ.*: gives it there, not here' robin access.door.unlock $SHOP

# The visitor
at 08:59:59
decides reader deny not-yet-active enter nora $FRONT
because 'not begin before' nora access.door.enter $FRONT
at 09:00:00
decides reader allow door-access enter nora $FRONT
because 'access-level:acme/visits, on now by the schedule visiting-hours' \
    nora access.door.enter $FRONT
decides reader deny no-door-access enter nora $LOBBY
because 'no access level' nora access.door.enter $LOBBY

# A session of a manager, and none of who is not
at 09:30:00
"$PAM_HOST" --confdir "$STACKS" --service sshd --user frank acct_mgmt open_session hold \
    >"$WORK/session" 2>&1 </dev/null &
session=$!
STARTED+=("$session")
becomes_true 10 grep -q 'open_session PAM_SUCCESS' "$WORK/session" || fail "$(cat "$WORK/session")"
DECIDED=0
because 'role +access-site-manager' frank access.level.update $GATEWAY
logs_in helen deny not-permitted
because 'give helen the role access-site-manager' helen access.level.update $GATEWAY

# The holiday closes the lobby for badges, and not for who answers for it
at 10:59:59
decides reader allow door-access enter robin $LOBBY
because 'access-level:acme/headquarters' robin access.door.enter $LOBBY
at 11:00:00
shown $LOBBY Locked exception
shown $FRONT Unlocked schedule
decides reader deny door-locked enter robin $LOBBY
because 'locked for badges today by door-exception:acme/holidays' robin access.door.enter $LOBBY
decides robin deny door-locked unlock $LOBBY
because 'needs door-access-now, but .* is locked for badges today' robin access.door.unlock $LOBBY
decides frank allow granted-by-role unlock $LOBBY
because 'role +access-site-manager' frank access.door.unlock $LOBBY

# A party in the lobby: for half an hour with a code
at 11:10:00
decides robin deny not-permitted door override $LOBBY card-and-code --for 30m
because 'access-site-viewer .*does not give it; access-site-manager does' \
    robin access.door-schedule.override $LOBBY
decides frank allow granted-by-role door override $LOBBY card-and-code --for 30m --reason party
because 'role +access-site-manager' frank access.door-schedule.override $LOBBY
shown $LOBBY Locked override
decides reader deny code-required enter robin $LOBBY
because 'with a code by an override until 2026-12-24T10:40:00Z, .* by frank: party' \
    robin access.door.enter $LOBBY
decides reader allow door-access enter robin $LOBBY code=true
because 'access-level:acme/headquarters' robin access.door.enter $LOBBY code=true
at 11:40:00
ended frank override $LOBBY
shown $LOBBY Locked exception
decides reader deny door-locked enter robin $LOBBY
because 'wait until 2026-12-26T23:00:00Z \(00:00 in Europe/Berlin\), when .* takes badges' \
    robin access.door.enter $LOBBY

# Noon: the visitor's access ends; in Auckland it is Christmas Day
at 11:59:59
decides reader allow door-access enter nora $FRONT
because 'on now by the schedule visiting-hours' nora access.door.enter $FRONT
shown $SHOP Locked default
at 12:00:00
shown $SHOP Locked exception
ended helen dates user:acme/nora
decides reader deny expired enter nora $FRONT
because 'ended 2026-12-24T11:00:00Z, as set .* by helen' nora access.door.enter $FRONT

# Frank has lost his badge
at 13:00:00
decides grace deny not-permitted suspend user:acme/frank
because 'give grace the role access-credential-manager' \
    grace access.user-access.suspend user:acme/frank
kill -0 "$session" 2>/dev/null || fail 'the session is gone already'
decides helen allow granted-by-role suspend user:acme/frank --end-sessions --reason 'lost his badge'
grep -q '^1 session ' <<<"$OUT" || fail "no session was ended: $OUT"
because 'of the included role access-credential-manager' \
    helen access.user-access.suspend user:acme/frank
ends_within 4 "$session" || fail 'the session goes on'
becomes_true 10 has_row 'frank session-end host:acme/HQ/gw-1 ended terminated' || fail 'no row of its end'
decides frank deny suspended unlock $FRONT
because 'suspended since 2026-12-24T12:00:00Z by helen: lost his badge' \
    frank access.door.unlock $FRONT
logs_in frank deny suspended

# Lockdown at headquarters: a role alone passes nothing, and the shop is none of it
at 14:00:00
decides anna deny not-permitted lockdown start $LOCKDOWN
because 'not on its list' anna start-lockdown $LOCKDOWN
foretold 'list +trigger of lockdown:acme/headquarters' robin start-lockdown $LOCKDOWN
decides robin allow listed lockdown start $LOCKDOWN --reason smoke
expect 0 "^lockdown=$LOCKDOWN state=on .*by=robin why=smoke" as robin lockdown list
shown $FRONT LockedDown lockdown
decides reader deny locked-down enter robin $FRONT
because 'locked down by lockdown:acme/headquarters since .* by robin: smoke' \
    robin access.door.enter $FRONT
decides grace deny locked-down unlock $FRONT
because 'gives it, but the door is locked down by .*only its unlock list may pass' \
    grace access.door.unlock $FRONT
decides sam allow granted-by-role unlock $FRONT
because 'lockdown:acme/headquarters is on, and its unlock list holds sam' \
    sam access.door.unlock $FRONT
decides anna allow granted-by-role unlock $SHOP
because 'access-site-manager at site:acme/Shop' anna access.door.unlock $SHOP

# … and its end
at 14:30:00
decides robin deny not-permitted lockdown end $LOCKDOWN
because 'not on its list' robin end-lockdown $LOCKDOWN
foretold 'list +release of lockdown:acme/headquarters' sam end-lockdown $LOCKDOWN
decides sam allow listed lockdown end $LOCKDOWN --reason 'burnt toast'
shown $FRONT Unlocked schedule
decides grace allow granted-by-role unlock $FRONT
because 'access-site-admin at site:acme/HQ' grace access.door.unlock $FRONT

at 16:00:00
decides helen allow granted-by-role resume user:acme/frank
because 'role +access-user-manager' helen access.user-access.grant user:acme/frank
logs_in frank allow granted-by-role
because 'role +access-site-manager' frank access.level.update $GATEWAY

# In the evening a Site Viewer reports the day: who came and went, and nothing of administration
at 18:00:00
shown $FRONT Locked default
day_expected | awk '$3 ~ /^(access\.door\.|account|session-)/ && $4 ~ /acme\/HQ\// {
    if ($3 == "account" || $3 == "session-open") $3 = "access.level.update"
    if ($3 == "session-end") $3 = "session"
    print $2, $3, $4, $5, $6 }' >"$WORK/movements"
report() {
    as robin report run site:acme/HQ --since 2026-12-24T00:00:00+01:00 "$@"
}
report_as() { # FORMAT FILTER...: the same columns of any format
    local format=$1
    shift
    report --format "$format" | "$@" | diff -u "$WORK/movements" - >"$WORK/difference" ||
        fail "the report as $format: $(cat "$WORK/difference")"
    steps=$((steps + 1))
}
report_as text sed -E 's/.* subject=([^ ]+) .*action=([^ ]+) resource=([^ ]+) decision=([^ ]+) reason=([^ ]+)$/\1 \2 \3 \4 \5/'
report_as csv awk -F '"' 'NR > 1 { print $10, $16, $14, $18, $20 }'
report_as json jq -r '.[] | [.subject, .action, .resource, .decision, .reason] | join(" ")'
DECIDED=0
because 'role +access-site-viewer' robin access.report.export site:acme/HQ
DECIDED=1
expect 1 'gives anna access.report.run .*not-permitted' as anna report run site:acme/HQ
is_in_journal not-permitted
because 'site:acme/Shop.*: gives it there, not here' anna access.report.run site:acme/HQ
expect 1 'not-permitted' as anna events site:acme/HQ
is_in_journal not-permitted
expect 0 '^id=' as anna events site:acme/Shop
expect 0 'subject=grace .*reason=locked-down$' as robin events site:acme/HQ --denied
expect 0 '^saved report visitor$' as robin report save visitor site:acme/HQ --user nora
expect 0 '^name=visitor owner=robin' as robin report list
expect 0 'subject=nora .*reason=expired$' as robin report run --saved visitor
grep -q 'subject=robin' <<<"$OUT" && fail "the report is about others: $OUT"

[[ -z $unexplained ]] || fail "nobody explained: $unexplained"
day_expected >"$WORK/expected"
same_day() {
    day_recorded >"$WORK/recorded" && diff -u "$WORK/expected" "$WORK/recorded" >"$WORK/difference"
}
becomes_true 10 same_day || fail "the journal tells another day: $(cat "$WORK/difference")"
steps=$((steps + $(wc -l <"$WORK/expected")))
pass 'a day at Acme'
