#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# A clock that was set ahead while the daemon did not run, by less than is refused: it is believed,
# but somebody is told, and for a day nothing is deleted by it.
. "$(dirname "$0")/lib.sh"

policy_make
policy_write doorward.conf 'host = "acme/HQ/gw-1";' 'clock = { offline_days = 400; };'
CLOCK=$WORK/clock
set_clock() {
    printf '%s\n' "$1" >"$CLOCK.new"
    mv "$CLOCK.new" "$CLOCK"
}
DAEMON_OPTIONS=(--virtual-clock "$CLOCK")
DOOR=door:acme/HQ/D1

set_clock 2026-06-01T08:00:00Z
daemon_start
expect 0 'unlock command' live unlock $DOOR --reason 'fire drill'
daemon_stop

# Six days: a holiday
set_clock 2026-06-07T08:00:00Z
daemon_start
run live events
[[ $OUT != *clock-gap* ]] || fail "a machine may be off for six days: $OUT"
daemon_stop

# More than a year
set_clock 2027-07-01T08:00:00Z
daemon_start
expect 0 'state: ready' live status
expect 0 'reason=clock-gap .*the clock is 389 days ahead of .*2026-06-07' live events
sleep 6 # the first deletion, if it were one
expect 0 'kind=unlock' live events

# A day later, and it is reloaded
set_clock 2027-07-02T07:59:59Z
expect 0 '' live reload
sleep 6
expect 0 'kind=unlock' live events
set_clock 2027-07-02T08:00:00Z
policy_write doorward.conf 'host = "acme/HQ/gw-1";' 'clock = { offline_days = 400; };' \
    'retention = { movements = 91; };'
expect 0 '' live reload
is_deleted() {
    [[ $(live events) != *kind=unlock* ]]
}
becomes_true 20 is_deleted || fail 'what is too old is kept'
expect 0 'kind=retention' live events
pass 'a clock that was set ahead while nobody looked'
