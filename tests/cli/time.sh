#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Doors by the hour and by the day, from the text of a policy to the answers: door schedules,
# exceptions of both kinds, who starts and ends a lockdown; and what validate says of them.
. "$(dirname "$0")/cli.sh"
cli_policy

# validates STATUS TEXT: validate ends so and prints exactly that before its last line.
validates() {
    run_split "$DOORWARD" validate "${WHEN[@]}"
    steps=$((steps + 1))
    [[ $RC == "$1" && $(sed '$d' <<<"$OUT") == "$2" ]] || fail "validate: $RC, expected $1 $2: $OUT"
}
# answers OUTCOME-REASON TIME QUERY...: by the files alone, whether a lockdown is on or not.
answers() {
    local expected=$1 at=$2
    shift 2
    run_split "$DOORWARD" check "$@" --policy "$POLICY" --roles "$ROLES" --at "$at"
    steps=$((steps + 1))
    [[ $(cut -f1,2 <<<"$OUT") == "${expected/ /$'\t'}" ]] || fail "$* at $at: not $expected: $OUT $ERR"
}
beta() {
    policy_write organizations.d/beta.conf \
        'organization = { name = "beta"; };' \
        'sites = ( { name = "S"; timezone = "America/Santiago"; doors = (' \
        '  { name = "D"; schedule = "open"; exceptions = [ "holiday" ]; } ); } );' \
        'access_groups = ( { name = "staff"; } );' \
        'users = ( { name = "una"; access_groups = [ "staff" ]; },' '          { name = "otto"; roles = ( { role = "org-admin"; } ); } );' \
        'access_levels = ( { name = "doors"; doors = [ "S/D" ]; access_groups = [ "staff" ]; } );' \
        'door_schedules = ( { name = "open"; weekly = (' \
        '  { days = [ "mon" ]; from = "22:00"; to = "02:00"; state = "card-and-code"; } ); } );' \
        'door_exceptions = ( { name = "holiday"; dates = [ "2026-06-02" ]; state = "locked"; } );' \
        'access_exceptions = ( { name = "closed"; access_levels = [ "doors" ];' \
        '  dates = [ "2026-06-03" ]; } );' \
        "$@"
}
enter=(una access.door.enter door:beta/S/D)

# Santiago is four hours behind UTC in June: Monday night, the holiday, the day without access
beta
validates 0 ''
answers 'allow door-access' 2026-06-02T01:59:59Z "${enter[@]}"
answers 'deny code-required' 2026-06-02T02:00:00Z "${enter[@]}"
answers 'allow door-access' 2026-06-02T02:00:00Z "${enter[@]}" code=true
answers 'deny code-required' 2026-06-02T03:59:59Z "${enter[@]}"
answers 'deny door-locked' 2026-06-02T04:00:00Z "${enter[@]}"
answers 'deny door-locked' 2026-06-03T03:59:59Z "${enter[@]}" code=true
answers 'deny not-permitted-at-this-time' 2026-06-03T04:00:00Z "${enter[@]}"
answers 'deny not-permitted-at-this-time' 2026-06-04T03:59:59Z "${enter[@]}"
answers 'allow door-access' 2026-06-04T04:00:00Z "${enter[@]}"

# A lockdown that nobody could end
beta 'lockdowns = ( { name = "all"; sites = [ "S" ]; trigger = { users = [ "una" ]; }; } );'
validates 0 'organizations.d/beta.conf:14: warning: nobody can release lockdown "all": list somebody in "release", or give somebody a role for it at the sites of all its doors'
answers 'allow listed' "$AT" una start-lockdown lockdown:beta/all
answers 'deny not-permitted' "$AT" una end-lockdown lockdown:beta/all
beta 'lockdowns = ( { name = "all"; sites = [ "S" ]; release = { access_groups = [ "staff" ]; }; } );'
validates 0 ''
answers 'allow listed' "$AT" una end-lockdown lockdown:beta/all

# Days that two exceptions hold, schedules of the wrong kind, a lockdown of no door: no decision
beta 'lockdowns = ( { name = "none"; } );'
validates 3 'organizations.d/beta.conf:14: error: lockdown "none" holds no door: name some in "doors", or their "sites"'
beta
sed -i 's/"holiday" \]/"holiday", "again" ]/; s/locked"; } );/locked"; }, { name = "again"; dates = [ "2026-06-02" ]; state = "unlocked"; } );/' \
    "$POLICY/organizations.d/beta.conf"
validates 3 'organizations.d/beta.conf:4: error: exceptions "holiday" (organizations.d/beta.conf:11) and "again" (organizations.d/beta.conf:11) of door "S/D" both hold 2026-06-02: take the day out of one of them'
beta
sed -i 's/^door_schedules/schedules/; s/ state = "card-and-code";//' "$POLICY/organizations.d/beta.conf"
validates 3 'organizations.d/beta.conf:4: error: "open" is an access schedule (organizations.d/beta.conf:9): a door has one of "door_schedules"'
pass 'doors in time'
