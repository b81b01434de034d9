#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# A clock that cannot be trusted: what is bound to time is denied and the rest goes on, whether it
# was set back or ahead, while the daemon runs or while it does not, and until it is right again or
# root says that it is.
. "$(dirname "$0")/lib.sh"

# Monday, 1 June 2026. tess manages HQ until Tuesday; vera opens D1 in office hours; alice manages HQ.
policy_make
policy_write organizations.d/acme.conf \
    'organization = { name = "acme"; timezone = "UTC"; };' \
    'sites = ( { name = "HQ"; doors = ( { name = "D1"; } ); hosts = ( { name = "gw-1"; } ); } );' \
    'schedules = ( { name = "office"; weekly = ( { days = [ "mon", "tue" ]; from = "08:00";' \
    '                to = "18:00"; } ); } );' \
    'access_groups = ( { name = "staff"; } );' \
    'access_levels = ( { name = "doors"; doors = [ "HQ/D1" ]; access_groups = [ "staff" ];' \
    '                    schedule = "office"; } );' \
    'users = ( { name = "alice"; uid = 4711;' \
    '            roles = ( { role = "access-site-manager"; site = "HQ"; } ); },' \
    '          { name = "dora"; roles = ( { role = "access-site-manager"; site = "HQ"; } ); },' \
    '          { name = "tess"; uid = 4712; roles = ( { role = "access-site-manager"; site = "HQ";' \
    '            until = "2026-06-02T00:00:00Z"; } ); },' \
    '          { name = "vera"; uid = 4713; access_groups = [ "staff" ];' \
    '            roles = ( { role = "access-site-viewer"; site = "HQ"; } ); } );'

DOOR=door:acme/HQ/D1

asks() { # USER
    live check --live "$1" access.door.unlock "$DOOR"
}

# status PATTERN...: lines of the status, which the daemon updates a second later at most.
status_says() {
    local pattern said
    said=$(live status) # degraded is an exit status of its own
    for pattern; do
        grep -qE -- "$pattern" <<<"$said" || return 1
    done
}
status() {
    steps=$((steps + 1))
    becomes_true 10 status_says "$@" || fail "no $* in: $(live status)"
}

trusted() {
    expect 0 'allow' asks alice
    expect 0 'allow' asks tess
    expect 0 'allow' asks vera
    status '^state: ready' '^clock: virtual$' '^alert: virtual-clock'
    live status | grep -q 'alert: clock-untrusted' && fail 'the alert stays'
}

untrusted() {
    expect 0 'allow' asks alice
    expect 1 'clock-untrusted' asks tess
    expect 1 'clock-untrusted' asks vera
    status '^state: degraded' '^clock: virtual-untrusted$' '^alert: clock-untrusted'
}

kill_daemon() {
    kill -KILL "$DAEMON"
    wait "$DAEMON" 2>/dev/null
    rm -f "$SOCKET" # left behind, it would look like an answer
    DAEMON=
}

dates_ended() {
    live events --json | jq -es 'any(.kind == "dates" and .decision == "ended")'
}

# restart TIME [set]: the daemon starts with that clock, and answers.
restart() {
    clock_set "$@"
    daemon_run
    becomes_true 30 says_something || fail "the daemon does not start at $1"
}

# A file that says no time is none to start with
clock_set 'noon'
mkdir -p "$POLICY"
daemon_run
ends_within 20 "$DAEMON" || fail 'the daemon starts without a time'
wait "$DAEMON"
[[ $? == 3 ]] || fail 'it does not say why it could not start'
DAEMON=
grep -q 'does not hold one time' "$WORK/daemon.log" || fail 'it does not say what is wrong'

clock_set 2026-06-01T07:59:59Z
daemon_start
expect 1 'not-permitted-at-this-time' asks vera
clock_set 2026-06-01T08:00:00Z
trusted
status '^now: 2026-06-01T08:00:00Z' '^highest_time: 2026-06-01T08:00:00Z'
grep -q 'virtual-clock: time comes from a file' "$WORK/daemon.log" || fail 'it is not said loudly'

# Hours that pass are no jump; what ends, ends
clock_set 2026-06-01T17:59:59Z
trusted
clock_set 2026-06-01T18:00:00Z
expect 1 'not-permitted-at-this-time' asks vera
clock_set 2026-06-02T00:00:00Z
expect 1 'expired|not-permitted' asks tess

# Set back, nothing that has ended comes back; a few seconds are no matter
clock_jump 2026-06-01T23:59:55Z
expect 1 'expired|not-permitted' asks tess
status '^now: 2026-06-02T00:00:00Z'
clock_jump 2026-06-01T12:00:00Z
untrusted
status '^highest_time: 2026-06-02T00:00:00Z'
expect 1 'clock-untrusted' live check --live vera access.door.unlock "$DOOR"

# Right again, it is trusted by itself
clock_jump 2026-06-02T08:00:00Z
untrusted
clock_set 2026-06-02T00:00:01Z
expect 0 'allow' asks alice
status '^state: ready' '^clock: virtual$'
clock_set 2026-06-02T12:00:00Z
expect 0 'allow' asks vera
status '^highest_time: 2026-06-02T12:00:00Z'

# Ahead by the bound is trusted, by more it is not, and moves nothing
clock_jump 2026-06-02T12:59:00Z
expect 0 'allow' asks vera
clock_jump 2026-06-02T13:01:00Z
untrusted
clock_jump 2030-01-01T00:00:00Z
untrusted
status '^highest_time: 2026-06-02T12:59:00Z'
clock_jump 2026-06-02T12:59:01Z
expect 0 'allow' asks vera
status '^state: ready'

# A clock that cannot be read is no clock
printf 'noon\n' >"$CLOCK"
untrusted
grep -q 'the virtual clock cannot be read' "$WORK/daemon.log" || fail 'not said why'
clock_set 2026-06-02T13:00:00Z
expect 0 'allow' asks vera

# What is recorded is remembered over kill -9
expect 0 '' live unlock "$DOOR" --reason 'remembered'
kill_daemon
restart 2026-06-02T12:00:00Z
untrusted
clock_set 2026-06-02T13:00:30Z
expect 0 'allow' asks vera
status '^state: ready'

# … and so is the highest time that nobody recorded anything at, after a clean end and at a start
clock_set 2026-06-02T14:00:00Z
status '^highest_time: 2026-06-02T14:00:00Z'
daemon_stop
rm -f "$STATE"/journal.db*
restart 2026-06-02T13:59:00Z
untrusted
kill_daemon
rm -f "$STATE"/journal.db*
restart 2026-06-02T13:59:54Z
untrusted
clock_set 2026-06-02T14:00:10Z
expect 0 'allow' asks vera

# A machine may be off for long, but not for ever
daemon_stop
restart 2026-07-03T13:59:59Z set
untrusted
clock_set 2026-07-02T13:59:59Z
status '^state: ready' '^highest_time: 2026-07-02T13:59:59Z'

# What was changed live ends
expect 0 '' live dates user:acme/dora --until 2026-07-02T15:00:00Z --reason 'leaves'
expect 0 '' live door override "$DOOR" unlocked --for 30m --reason 'delivery'
expect 0 'allow' asks dora
expect 0 'unlocked' live door show "$DOOR"
clock_set 2026-07-02T15:00:00Z
expect 1 'expired' asks dora
status '^overrides: 0$'
becomes_true 10 dates_ended || fail "the journal does not say that the dates have ended"

# Root accepts the clock as it is, and says why; what has ended does not come back
expect 1 'clock-trusted' live clock accept --reason 'for fun'
clock_jump 2026-06-02T09:00:00Z
untrusted
expect 2 'reason is missing' live clock accept
expect 2 'unknown word' live clock believe --reason 'for fun'
expect 0 'trusted as it is' live clock accept --reason 'the backup had another clock'
expect 0 'allow' asks vera
status '^state: ready' '^highest_time: 2026-06-02T09:00:00Z' '^overrides: 0$'
expect 1 'expired' asks dora
expect 0 'access-controlled' live door show "$DOOR"
events=$(live events)
grep -q 'accept-clock' <<<"$events" && grep -q 'the backup had another clock' <<<"$events" ||
    fail "the journal does not say who accepted the clock: $events"
grep -q 'accept-clock: by uid' "$WORK/daemon.log" || fail 'no alarm'

# That holds over kill -9
kill_daemon
restart 2026-06-02T09:00:01Z
expect 0 'allow' asks vera
expect 1 'expired' asks dora
status '^state: ready' '^highest_time: 2026-06-02T09:00:01Z'

# A time before the program cannot be accepted, nor one that cannot be read
clock_jump 2019-12-31T23:59:59Z
untrusted
expect 3 'clock-too-early' live clock accept --reason 'for fun'
printf 'noon\n' >"$CLOCK"
expect 3 'clock-unreadable' live clock accept --reason 'for fun'
clock_set 2026-06-02T09:00:02Z
status '^state: ready'

# The bound is a setting
printf 'clock = { ahead_seconds = 60; };\n' >>"$POLICY/doorward.conf"
expect 0 'revision' live reload
clock_jump 2026-06-02T09:01:10Z
untrusted
clock_set 2026-06-02T09:00:30Z
expect 0 'allow' asks vera

# Others than root accept nothing
if ((EUID == 0)); then
    cp "$DOORWARD" "$WORK/doorward" || fail 'cannot copy the program'
    expect 1 'not-allowed' limited setpriv --reuid=4711 --regid=4711 --clear-groups \
        "$WORK/doorward" clock accept --reason 'mine' --socket "$SOCKET"
fi

# Without the option it is the system's clock
daemon_stop
rm -rf "$STATE"
DAEMON_OPTIONS=()
daemon_start
status '^state: ready' '^clock: trusted$'

# Started again while the machine runs, it is held to the machine's uptime: two hours are missing
if ((EUID == 0)); then
    daemon_stop
    printf '#!/bin/sh\nexec unshare -T --boottime 7200 -- "%s" "$@"\n' "$DOORWARDD" >"$WORK/later"
    chmod 0755 "$WORK/later"
    at_first=$DOORWARDD DOORWARDD=$WORK/later
    daemon_run
    becomes_true 30 says_something || fail 'the daemon does not start in a time of its own'
    status '^state: degraded' '^clock: untrusted$' '^alert: clock-untrusted$'
    grep -qE '(1 h 59|2 h 0) min [0-9]+ s behind' "$WORK/daemon.log" || fail 'not by two hours'
    daemon_stop
    DOORWARDD=$at_first
    rm -f "$STATE"/journal.db* # rows that were written two hours later
    daemon_start
    status '^state: ready' '^clock: trusted$'
fi
pass 'a clock that cannot be trusted'
