#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# usage: live_crash.sh [ROUNDS [COUNT]]
#
# kill -9 in the middle of live changes and unlocks, at a random moment of each of ROUNDS rounds of
# about COUNT / ROUNDS acknowledged ones: after the restart everything is as it was acknowledged
# last, or as the one change that was under way would have made it; every acknowledged decision is in
# the journal; and the daemon decides accordingly.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/live_crash_lib.sh"
needs_root

ROUNDS=${1:-20}
COUNT=${2:-10000}

now_utc() {
    date -u +%Y-%m-%dT%H:%M:%SZ
}

crash_policy
began=$(now_ms)
daemon_start
for ((n = 1; n <= ROUNDS; n++)); do
    since=$(now_utc)
    # Every seventh time it is told to end
    signal=$( ((n % 7 == 0)) && echo TERM || echo KILL)
    # Somewhere between half and three halves of what the average is, and the rest at the end
    share=$((COUNT / ROUNDS))
    target=$((share / 2 + RANDOM % (share + 1)))
    left=$((COUNT - changes - unlocks))
    ((n < ROUNDS || left <= 0)) || target=$left
    crash_load "$signal" $target 60000
    # Every third time it is killed again while it starts
    if ((n % 3 == 0)); then
        daemon_run
        sleep "0.0$((RANDOM % 10))$((RANDOM % 10))"
        kill -KILL "$DAEMON"
        wait "$DAEMON" 2>/dev/null
    fi
    crash_recover "$since"
done
((changes + unlocks >= COUNT)) || fail "only $changes changes and $unlocks unlocks"
((failures == 0)) || fail "$failures were refused"
printf '%d rounds, %d changes and %d unlocks acknowledged in %d ms; %d more changes were under way and are in force\n' \
    "$ROUNDS" "$changes" "$unlocks" $(($(now_ms) - began)) "$landed"
pass 'what was acknowledged is so after kill -9'
