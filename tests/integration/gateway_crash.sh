#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# usage: gateway_crash.sh [COUNT]
#
# kill -9 of gateway, front and daemon at random moments while COUNT unlocks are acknowledged. The
# gateway dials the front, which asks the daemon; the lock is a program that writes down every
# movement. Afterwards: no lock has moved twice for one id, none after its not-after, none without a
# recorded allow; and every acknowledged unlock has its outcome, or is reported as unknown.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/gateway_lib.sh"
needs_root

COUNT=${1:-600}
DOORS=8
SEED=${DOORWARD_TEST_SEED:-$((RANDOM * 32768 + RANDOM))}
RANDOM=$((SEED % 32768))
printf 'seed %d\n' "$SEED"

crash_policy() {
    local n doors=() users=() callers
    for ((n = 0; n < DOORS; n++)); do
        doors+=("{ name = \"d$n\"; release_time = 1; },")
        users+=("{ name = \"worker$n\"; uid = $((6100 + n));"
            "roles = ( { role = \"access-site-manager\"; site = \"HQ\"; } ); },")
    done
    callers="{ name = \"gw-1\"; certificate = \"$(fingerprint gw-1)\"; may = [ \"unlock\", \"report\" ]; sites = [ \"HQ\" ]; }"
    policy_write organizations.d/acme.conf 'organization = { name = "acme"; };' \
        'sites = ( { name = "HQ"; doors = (' "${doors[@]}" '{ name = "none"; } ); } );' \
        'users = (' "${users[@]}" '{ name = "nobody-else"; } );' "callers = ( $callers );"
    policy_write doorward.conf "fronts = ( { name = \"http\"; uid = $FRONT_UID; } );" \
        'limits = { requests_per_second = 100000; requests_burst = 100000; };'
}

crash_gateway() {
    local n doors=()
    for ((n = 0; n < DOORS; n++)); do
        doors+=("{ door = \"acme/HQ/d$n\"; open = [ \"$FAKE_LOCK\", \"$WORK/moves\" ]; }$( ((n < DOORS - 1)) && echo ,)")
    done
    gateway_write "$(gateway_over_https gw-1)" \
        'controllers = ( { name = "locks"; driver = "exec"; timeout_milliseconds = 5000;' \
        'doors = (' "${doors[@]}" '); } );'
}

# One of the three is killed and started again; one that has ended by itself is a failure.
kill_one() {
    local pid
    for pid in "$GATEWAY" "$FRONT" "$DAEMON"; do
        kill -0 "$pid" 2>/dev/null ||
            fail "one has ended by itself: $(tail -qn 3 "$WORK/gateway.log" "$WORK/front.log")"
    done
    case $((RANDOM % 3)) in
    0) gateway_kill && gateway_run ;;
    1) front_kill && front_run ;;
    2) kill -KILL "$DAEMON" && wait "$DAEMON" 2>/dev/null
       daemon_run ;;
    esac
    kills=$((kills + 1))
}

rows() { # SQL
    sqlite3 -batch -readonly "$STATE/journal.db" "$1"
}

every_ack_has_an_outcome() {
    rows "SELECT DISTINCT decision_id FROM events WHERE kind = 'command' AND decision IN
        ('commanded', 'command-refused', 'command-failed', 'command-late', 'command-unknown',
         'expired', 'unknown')" | sort >"$WORK/outcomes"
    [[ -z $(comm -23 "$WORK/acked" "$WORK/outcomes") ]]
}

certificates_make
certificate_make gw-1
crash_policy
crash_gateway
: >"$WORK/moves"
chown "$GATEWAY_UID" "$WORK/moves"
daemon_start
front_start
gateway_start gw-1

workers=()
for ((n = 0; n < DOORS; n++)); do
    workers+=($((6100 + n)) "door:acme/HQ/d$n")
done
began=$(now_ms)
"$UNLOCK_LOAD" "$SOCKET" "$COUNT" 500 15 "${workers[@]}" >"$WORK/load" 2>"$WORK/load.err" &
load=$!
STARTED+=("$load")
kills=0
while kill -0 "$load" 2>/dev/null; do
    sleep "0.$((RANDOM % 6 + 2))"
    kill_one
done
wait "$load" || fail "not $COUNT unlocks: $(sort "$WORK/load" | cut -d' ' -f1,2 | uniq -c | tail -n 5)"
took=$(($(now_ms) - began))

awk '$1 == "ack" { print $2 }' "$WORK/load" | sort >"$WORK/acked"
expect 0 '' becomes_true 30 every_ack_has_an_outcome
gateway_stop
front_stop

# Each movement: once, in time, and by a recorded allow.
sort "$WORK/moves" >"$WORK/moved"
cut -d' ' -f1 "$WORK/moved" | uniq -d >"$WORK/twice"
[[ ! -s $WORK/twice ]] || fail "moved twice: $(head -n 3 "$WORK/twice")"
rows "SELECT decision_id, time + 11 FROM events WHERE kind = 'unlock' AND decision = 'allow'" |
    tr '|' ' ' | sort >"$WORK/allowed"
join -v1 "$WORK/moved" "$WORK/allowed" >"$WORK/unasked"
[[ ! -s $WORK/unasked ]] || fail "moved without an allow: $(head -n 3 "$WORK/unasked")"
join "$WORK/moved" "$WORK/allowed" | awk '$4 > $5 * 1000' >"$WORK/late"
[[ ! -s $WORK/late ]] || fail "moved after its not-after: $(head -n 3 "$WORK/late")"
awk '$1 == "ack" { print $2, $4 }' "$WORK/load" | sort | join "$WORK/moved" - |
    awk '$4 > $5 * 1000' >"$WORK/late"
[[ ! -s $WORK/late ]] || fail "moved after the not-after that was told: $(head -n 3 "$WORK/late")"

# What is said to be commanded has moved, and what has moved is not said not to have.
rows "SELECT DISTINCT decision_id FROM events WHERE kind = 'command' AND decision = 'commanded'" |
    sort >"$WORK/commanded"
cut -d' ' -f1 "$WORK/moved" | comm -13 - "$WORK/commanded" >"$WORK/claimed"
[[ ! -s $WORK/claimed ]] || fail "commanded, and never moved: $(head -n 3 "$WORK/claimed")"
rows "SELECT DISTINCT decision_id FROM events WHERE kind = 'command' AND decision IN
    ('command-refused', 'command-failed', 'command-late', 'expired')" | sort >"$WORK/unmoved"
cut -d' ' -f1 "$WORK/moved" | comm -12 - "$WORK/unmoved" >"$WORK/denied"
[[ ! -s $WORK/denied ]] || fail "moved, and said not to have: $(head -n 3 "$WORK/denied")"
(($(wc -l <"$WORK/moved") > COUNT / 20)) || fail "only $(wc -l <"$WORK/moved") movements"
steps=$((steps + 7))

printf '%d unlocks acknowledged in %d ms through %d kills; %d movements, %d commanded, %d unknown\n' \
    "$(wc -l <"$WORK/acked")" "$took" "$kills" "$(wc -l <"$WORK/moved")" "$(wc -l <"$WORK/commanded")" \
    "$(rows "SELECT count(DISTINCT decision_id) FROM events WHERE kind = 'command' AND decision IN ('unknown', 'command-unknown')")"
pass 'a door moves once for one id, whoever is killed'
