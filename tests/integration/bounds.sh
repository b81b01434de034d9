#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# A policy of a million entries is read in bounded time and memory, sound or not.
. "$(dirname "$0")/lib.sh"
ENTRIES=1000000
MEMORY_KIB=$((2 << 20))
SECONDS_MAX=60

mkdir -p "$POLICY/organizations.d"
# many FORMAT: ENTRIES of it, which holds one number
many() { seq -f "$1" "$ENTRIES" | paste -sd, -; }
# organization FORMAT: the file, with ENTRIES users of that form
organization() {
    printf '# SPDX-License-Identifier: MIT\norganization = { name = "acme"; };\n'
    printf 'users = (\n'
    many "$1"
    printf ');\n'
}
# shellcheck disable=SC2317 # called by name
validate() {
    (ulimit -v "$MEMORY_KIB" && timeout "$SECONDS_MAX" \
        "$DOORWARD" validate --policy "$POLICY" --roles "$ROLES")
}

organization '{ name = "u%.0f"; }' >"$POLICY/organizations.d/acme.conf"
expect 0 ': 0 errors, ' validate

# As many errors: no more are printed than anybody reads
organization '{ name = "u%.0f"; uid = -1; }' >"$POLICY/organizations.d/acme.conf"
run validate
steps=$((steps + 1))
[[ $RC == 3 ]] || fail "exit status $RC: ${OUT:0:1000}"
(($(wc -l <<<"$OUT") <= 10010)) || fail "$(wc -l <<<"$OUT") lines are printed"

# Brackets, names and lists without end
{
    printf 'organization = { name = "acme"; };\nusers = ( { name = "u"; groups = [ '
    many '"g%.0f"'
    printf ' ]; } );\n'
} >"$POLICY/organizations.d/acme.conf"
run validate
steps=$((steps + 1))
[[ $RC == 3 ]] || fail "exit status $RC: ${OUT:0:1000}"
(($(wc -l <<<"$OUT") <= 10010)) || fail "$(wc -l <<<"$OUT") lines are printed"
pass 'a million entries'
