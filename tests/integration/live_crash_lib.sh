# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck disable=SC2153 # the programs come from the environment
#
# What the tests of live changes in a crash share: a policy with what live_crash changes, a round of
# load, and what must be so after it. To be sourced after lib.sh. One seed decides what is sent and
# when it ends; DOORWARD_TEST_SEED sets it.

SEED=${DOORWARD_TEST_SEED:-$((RANDOM * 32768 + RANDOM))}
RANDOM=$((SEED % 32768))
WORKERS=8
MODEL=-
round=0
changes=0
unlocks=0
failures=0
landed=0
printf 'seed %d\n' "$SEED"

# crash_policy: the people, doors and lockdowns of live_crash_model.h.
crash_policy() {
    local n users=() doors=() lockdowns=()
    for ((n = 0; n < WORKERS; n++)); do
        doors+=("{ name = \"w$n-0\"; }, { name = \"w$n-1\"; }$( ((n < WORKERS - 1)) && echo ,)")
        users+=("{ name = \"w$n-0\"; roles = ( { role = \"access-site-manager\"; site = \"HQ\"; } ); },"
            "{ name = \"w$n-1\"; roles = ( { role = \"access-site-manager\"; site = \"HQ\"; } ); },"
            "{ name = \"worker$n\"; uid = $((6000 + n)); roles = ( { role = \"access-user-admin\"; },"
            "{ role = \"access-site-manager\"; site = \"HQ\"; } ); },")
        lockdowns+=("{ name = \"w$n\"; doors = [ \"HQ/w$n-1\" ]; trigger = { users = [ \"worker$n\" ]; };"
            "release = { users = [ \"worker$n\" ]; }; },")
    done
    policy_write organizations.d/acme.conf 'organization = { name = "acme"; };' \
        'sites = ( { name = "HQ"; hosts = ( { name = "gw-1"; } ); doors = (' "${doors[@]}" ') } );' \
        'users = (' "${users[@]}" '{ name = "nobody-else"; } );' \
        'lockdowns = (' "${lockdowns[@]}" '{ name = "other"; doors = [ "HQ/w0-0" ];' \
        'release = { users = [ "worker0" ]; }; } );' \
        'callers = ( { name = "reader"; uid = 5999; may = [ "ask", "unlock", "vouch" ]; sites = [ "HQ" ]; } );'
    policy_write doorward.conf 'host = "acme/HQ/gw-1";' \
        'limits = { requests_per_second = 100000; requests_burst = 100000; };'
    : >"$WORK/acknowledged"
}

# crash_load SIGNAL COUNT MILLISECONDS [faults]: load on the daemon, which is sent SIGNAL when COUNT
# changes and unlocks are acknowledged, or time is up.
crash_load() {
    local made rest
    round=$((round + 1))
    limited "$LIVE_CRASH" "$SOCKET" "$DAEMON" "$(kill -l "$1")" "$2" "$3" $((SEED + round)) \
        $((round * 1000000)) "$MODEL" "${@:4}" >"$WORK/load.$round" 2>"$WORK/load.err" ||
        fail "round $round, seed $SEED: $(head -n 5 "$WORK/load.err")"
    read -r _ made rest <<<"$(grep '^made ' "$WORK/load.$round")"
    changes=$((changes + made))
    unlocks=$((unlocks + ${rest% *}))
    failures=$((failures + ${rest#* }))
    # Whoever ends cleanly has to end with 0
    if [[ $1 == TERM ]]; then
        ends_within 20 "$DAEMON" || fail 'the daemon ignores SIGTERM'
        wait "$DAEMON" || fail "told to end, the daemon ended with $?"
    fi
    wait "$DAEMON" 2>/dev/null
    DAEMON=
    # One line each: what must be in the journal, and what must be in force
    grep '^ack ' "$WORK/load.$round" >>"$WORK/acknowledged"
    grep '^thing ' "$WORK/load.$round" >"$WORK/told"
}

# crash_check STATE [SOCKET]: what is on disk, and with a socket what is decided, is what was told.
crash_check() {
    limited "$LIVE_CRASH_CHECK" "$1" "$WORK/told" "${@:2}" >"$WORK/now" 2>"$WORK/check.err" ||
        fail "round $round, seed $SEED: $(head -n 5 "$WORK/check.err")"
    steps=$((steps + 1))
}

# crash_check_rows SINCE: each acknowledged decision of this round has its row.
crash_check_rows() {
    grep '^ack ' "$WORK/now" >>"$WORK/acknowledged"
    live events --json --since "$1" >"$WORK/events" 2>"$WORK/events.err" </dev/null ||
        fail "events: $(cat "$WORK/events.err")"
    jq -r 'select(.decision == "allow") | "ack \(.decision_id) \(.kind) \(.resource)"' \
        "$WORK/events" | sort -u >"$WORK/recorded"
    sort -u "$WORK/acknowledged" >"$WORK/wanted"
    [[ $(wc -l <"$WORK/wanted") == "$(wc -l <"$WORK/acknowledged")" ]] ||
        fail "round $round, seed $SEED: two decisions have the same id"
    local lost
    lost=$(comm -23 "$WORK/wanted" "$WORK/recorded")
    [[ -z $lost ]] || fail "round $round, seed $SEED: $(wc -l <<<"$lost") of" \
        "$(wc -l <"$WORK/wanted") acknowledged decisions are not in the journal: ${lost%%$'\n'*}"
    : >"$WORK/acknowledged"
}

# crash_recover SINCE: starts the daemon again on what is left, and checks all of it.
crash_recover() {
    local status
    # What a reader without a daemon finds; in a copy, so that it is the daemon who recovers
    rm -rf "$WORK/left"
    mkdir "$WORK/left" && cp -p "$STATE"/state.db* "$WORK/left" || fail 'cannot copy what is left'
    crash_check "$WORK/left"
    daemon_start
    crash_check "$STATE" "$SOCKET"
    landed=$((landed + $(sed -n 's/^landed //p' "$WORK/now")))
    status=$(live status) || fail "round $round, seed $SEED: status: $status"
    grep -q '^state: ready' <<<"$status" && ! grep -q '^alert: ' <<<"$status" ||
        fail "round $round, seed $SEED: not ready, or alerts: $status"
    crash_check_rows "$1"
    grep '^thing ' "$WORK/now" >"$WORK/model"
    MODEL=$WORK/model
}
