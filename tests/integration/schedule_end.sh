#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Compiled times end: a calendar some years after it was compiled, a time zone in 2100. Somebody is
# told a month before, by name, and what depends on them is denied from then on.
. "$(dirname "$0")/lib.sh"

DOOR=door:acme/HQ/D1

# policy ZONE [LINE...]: vera opens D1 in office hours.
policy() {
    policy_make
    policy_write organizations.d/acme.conf \
        "organization = { name = \"acme\"; timezone = \"$1\"; };" \
        'sites = ( { name = "HQ"; doors = ( { name = "D1"; } ); hosts = ( { name = "gw-1"; } ); } );' \
        'schedules = ( { name = "office"; weekly = ( { days = [ "mon", "tue", "wed", "thu", "fri",' \
        '                "sat", "sun" ]; from = "06:00"; to = "20:00"; } ); } );' \
        'access_groups = ( { name = "staff"; } );' \
        'access_levels = ( { name = "doors"; doors = [ "HQ/D1" ]; access_groups = [ "staff" ];' \
        '                    schedule = "office"; } );' \
        'users = ( { name = "vera"; uid = 4713; access_groups = [ "staff" ];' \
        '            roles = ( { role = "access-site-viewer"; site = "HQ"; } ); },' \
        '          { name = "ada"; roles = ( { role = "access-system-admin"; } ); } );' "${@:2}"
}

asks() {
    live check --live vera access.door.unlock "$DOOR"
}

# status PATTERN...: lines of the status, a second later at most.
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

no_alert() { # NAME
    steps=$((steps + 1))
    ! status_says "^alert: $1" || fail "$1 is told"
}

# told TEXT: the log says it.
told() {
    steps=$((steps + 1))
    grep -qE -- "$1" "$WORK/daemon.log" || fail "the log does not say: $1"
}

# --- A calendar ---
policy UTC \
    'calendars = ( { name = "holidays"; file = "holidays.ics"; } );' \
    'access_exceptions = ( { name = "closed"; access_levels = [ "doors" ];' \
    '                        calendars = [ "holidays" ]; } );'
mkdir -p "$POLICY/calendars.d"
printf '%s\r\n' 'BEGIN:VCALENDAR' 'VERSION:2.0' 'PRODID:-//doorward//tests//EN' 'BEGIN:VEVENT' \
    'UID:1@example.org' 'DTSTAMP:20260101T000000Z' 'DTSTART;VALUE=DATE:20251225' \
    'RRULE:FREQ=YEARLY' 'SUMMARY:Christmas' 'END:VEVENT' 'END:VCALENDAR' \
    >"$POLICY/calendars.d/holidays.ics"
clock_set 2026-06-01T12:00:00Z
daemon_start
expect 0 'allow' asks
clock_set 2026-12-25T12:00:00Z
expect 1 'not-permitted-at-this-time' asks
clock_set 2028-12-01T12:00:00Z
expect 0 'allow' asks
no_alert schedule-ending
clock_set 2028-12-03T12:00:00Z
status '^state: ready' '^alert: schedule-ending'
told 'schedule-ending: .*organizations\.d/acme\.conf:[0-9]+ known until 2029-01-01T00:00:00Z; doorward reload'
expect 0 'allow' asks
clock_set 2029-01-01T00:00:00Z # they end with the second before
status '^state: degraded' '^alert: schedule-ended'
no_alert schedule-ending
expect 1 'schedule-ended' asks
clock_set 2029-01-01T12:00:00Z

# Compiled again, it goes on
expect 0 'revision' live reload
status '^state: ready'
no_alert schedule-end
expect 0 'allow' asks
clock_set 2029-12-25T12:00:00Z
expect 1 'not-permitted-at-this-time' asks
daemon_stop

# --- A time zone ---
rm -rf "$STATE" "$POLICY/calendars.d"
policy Europe/Berlin
expect 0 '0 errors' "$DOORWARD" validate --policy "$POLICY" --roles "$ROLES" \
    --at 2099-12-01T00:00:00Z
[[ $OUT != *'known until'* ]] || fail "validate warns too early: $OUT"
expect 0 'acme\.conf:2: warning: time zones are known until 2[0-9T:Z-]+ only' \
    "$DOORWARD" validate --policy "$POLICY" --roles "$ROLES" --at 2099-12-03T00:00:00Z
clock_set 2099-11-30T12:00:00Z
daemon_start
no_alert schedule-ending
clock_set 2099-12-03T12:00:00Z
status '^state: ready' '^alert: schedule-ending'
told 'schedule-ending: .*time zones are known until 2'
clock_set 2100-01-01T12:00:00Z
status '^state: degraded' '^alert: schedule-ended'
expect 1 'schedule-ended' asks
pass 'compiled times end, and not by surprise'
