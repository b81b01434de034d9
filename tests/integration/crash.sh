#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# kill -9 under load loses no acknowledged allow: every decision id that a client has been told is
# in the journal after the restart, three times over.
. "$(dirname "$0")/lib.sh"

PROCESSES=8
policy_make 'limits = { requests_per_second = 100000; requests_burst = 100000; };'

# Root's unlocks are break-glass; as root the clients are alice instead, whose unlocks a role
# allows. She may not get through a private folder, so what she runs lies in the test's own.
load=("$LOAD_CLIENT" "$SOCKET" $PROCESSES door:acme/HQ/D1)
if ((EUID == 0)); then
    cp "$LOAD_CLIENT" "$WORK/load_client" && cp -L "${LIBDOORWARD%/*}"/libdoorward.so.0 "$WORK/" ||
        fail 'cannot copy the client'
    load=(env "LD_LIBRARY_PATH=$WORK" setpriv --reuid=4711 --regid=4711 --clear-groups
        "$WORK/load_client" "${load[@]:1}")
else
    load+=('load test')
fi
acknowledged=$WORK/acknowledged
: >"$acknowledged"
for round in 1 2 3; do
    daemon_start
    "${load[@]}" >>"$acknowledged" &
    clients=$!
    STARTED+=("$clients")
    before=$(wc -l <"$acknowledged")
    # shellcheck disable=SC2016
    becomes_true 20 bash -c '(($(wc -l <"$0") >= $1))' "$acknowledged" $((before + 20 * PROCESSES)) ||
        fail "round $round: no load"
    kill -KILL "$DAEMON"
    wait "$DAEMON" 2>/dev/null
    DAEMON=
    ends_within 30 "$clients" || fail 'the clients do not end'
done

daemon_start
# Whatever form events have: one JSON document a line, the ids stand in it as 32 hexadecimal digits
"$DOORWARD" events --json --socket "$SOCKET" >"$WORK/events" 2>"$WORK/events.err" </dev/null ||
    fail "events: $(cat "$WORK/events.err")"
jq -es 'length > 0' "$WORK/events" >/dev/null || fail 'events --json is no JSON'
grep -oE '[0-9a-f]{32}' "$WORK/events" | sort -u >"$WORK/recorded"
sort -u "$acknowledged" >"$WORK/told"
lost=$(comm -23 "$WORK/told" "$WORK/recorded")
count=$(wc -l <"$WORK/told")
steps=$count
((count >= 60 * PROCESSES)) || fail "only $count allows were acknowledged"
[[ $(wc -l <"$acknowledged") == "$count" ]] || fail 'two allows had the same id'
[[ -z $lost ]] || fail "lost after kill -9: $(wc -l <<<"$lost") of $count, the first: ${lost%%$'\n'*}"
pass "$count acknowledged allows, all in the journal"
