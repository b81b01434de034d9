# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What the tests of the command line share: a policy whose every line is known, and exact
# comparison of both outputs and the exit status.

. "$(dirname "${BASH_SOURCE[0]}")/../integration/lib.sh"

# A Monday, within the schedule, with every grant in force
# Hundreds of short processes: the unit tests look for leaks, and libconfig has its own where it
# refuses a text
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"

# shellcheck disable=SC2034 # used by the tests
AT=2026-06-01T09:00:00Z
# shellcheck disable=SC2034
D1=door:acme/HQ/D1

# cli_policy: the policy of these tests.
#   alice  unlocks D1 by day: viewer by group desk       bob   site manager in June 2026
#   carol  has no role                                   olga  site admin everywhere, org admin
cli_policy() {
    rm -rf "$POLICY"
    policy_write organizations.d/acme.conf \
        'organization = { name = "acme"; };' \
        'sites = ( { name = "HQ"; hosts = ( { name = "gw-1"; } ); doors = ( { name = "D1"; },' \
        '            { name = "D2"; remote_unlock = false; } ); } );' \
        'groups = ( { name = "desk"; roles = (' \
        '             { role = "access-site-viewer"; site = "HQ"; } ); } );' \
        'access_groups = ( { name = "staff"; } );' \
        'schedules = ( { name = "day"; weekly = (' \
        '  { days = [ "mon", "tue", "wed", "thu", "fri" ]; from = "08:00"; to = "18:00"; } ); } );' \
        'access_levels = ( { name = "doors"; doors = [ "HQ/D1", "HQ/D2" ];' \
        '                    access_groups = [ "staff" ]; schedule = "day"; } );' \
        'users = ( { name = "alice"; groups = [ "desk" ]; access_groups = [ "staff" ]; },' \
        '          { name = "bob"; roles = (' \
        '            { role = "access-site-manager"; site = "HQ";' \
        '              from = "2026-06-01T00:00:00Z"; until = "2026-07-01T00:00:00Z"; } ); },' \
        '          { name = "carol"; },' \
        '          { name = "olga"; roles = ( { role = "access-system-admin"; }, { role = "org-admin"; } ); } );'
    policy_write tests.d/doors.conf \
        'tests = ( { query = "alice access.door.unlock door:acme/HQ/D1";' \
        '            at = "2026-06-01T09:00:00Z"; expect = "allow"; } );'
}

# run_split COMMAND...: RC, OUT (standard output) and ERR (standard error). No input.
run_split() {
    if declare -F "$1" >/dev/null; then
        "$@" >"$WORK/out" 2>"$WORK/err" </dev/null
    else
        limited "$@" >"$WORK/out" 2>"$WORK/err" </dev/null
    fi
    RC=$?
    OUT=$(<"$WORK/out")
    ERR=$(<"$WORK/err")
}

# prints STATUS OUTPUT ERRORS COMMAND...: the command ends so and prints exactly that.
prints() {
    local status=$1 output=$2 errors=$3
    shift 3
    run_split "$@"
    steps=$((steps + 1))
    [[ $RC == "$status" ]] || fail "${*:0:12}: exit status $RC, expected $status: $OUT $ERR"
    [[ $OUT == "$output" ]] || fail "${*:0:12}: printed '${OUT:0:2000}', expected '$output'"
    [[ $ERR == "$errors" ]] || fail "${*:0:12}: complained '${ERR:0:2000}', expected '$errors'"
}

# misused TEXT COMMAND...: exit status 2, nothing on standard output and one line on standard error
# that holds TEXT and no control character.
misused() {
    local text=$1
    shift
    run_split "$@"
    steps=$((steps + 1))
    [[ $RC == 2 ]] || fail "$*: exit status $RC, expected 2: $OUT $ERR"
    [[ -z $OUT ]] || fail "$*: printed '$OUT'"
    [[ $(wc -l <"$WORK/err") == 1 ]] || fail "$*: not one line: $ERR"
    [[ $ERR == 'doorward'*": "*"$text"* ]] || fail "$*: no '$text' in '$ERR'"
    [[ $ERR != *[[:cntrl:]]* ]] || fail "$*: a control character in '$ERR'"
}

# The options of an offline command on this test's policy
mkdir -p "$STATE"
HERE=(--policy "$POLICY" --roles "$ROLES" --state "$STATE")
# shellcheck disable=SC2034 # used by the tests
WHEN=("${HERE[@]}" --at "$AT")

# doorward COMMAND WORD...: with this test's policy, at $AT.
doorward() {
    limited "$DOORWARD" "$@" "${WHEN[@]}"
}
