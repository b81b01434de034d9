#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The programs in doc/examples do what they say, as people, on a daemon: allowed, denied, refused,
# and with nobody there. Python's is left out where the library has a sanitizer, which wants to be
# loaded before the interpreter.
#
# usage: examples.sh EXAMPLE_UNLOCK PYTHON|none
. "$(dirname "$0")/lib.sh"
needs_root
unlock=$1
python=$2
examples=$root/doc/examples

cp "$unlock" "$WORK/unlock" && cp "$LIBDOORWARD" "$WORK/libdoorward.so.0" &&
    cp "$examples/doors.py" "$WORK/doors.py" || fail 'cannot copy the programs'
# as UID PROGRAM [ARGUMENT...]
as() {
    limited setpriv --reuid="$1" --regid="$1" --clear-groups env LD_LIBRARY_PATH="$WORK" "${@:2}"
}
c() {
    as "$1" "$WORK/unlock" -s "$SOCKET" "${@:2}"
}
py() {
    as "$1" "$python" "$WORK/doors.py" --library "$WORK/libdoorward.so.0" --socket "$SOCKET" "${@:2}"
}

policy_make
expect 3 'No daemon answers' c 0 door:acme/HQ/D1
daemon_start
D1=door:acme/HQ/D1 D2=door:acme/HQ/D2

expect 0 "^$D1 opens for 5 seconds \(command [0-9a-f]{32}, gateway none\)$" c 4711 "$D1"
expect 1 "^$D1 stays shut: .* \(not-permitted\)$" c 4712 "$D1"
expect 1 "^$D2 stays shut: .* \(remote-unlock-disabled\)$" c 4711 "$D2"
expect 3 '\(unknown-resource\)$' c 4711 door:acme/HQ/D9
expect 3 '^refused: .* \(reason-missing\)$' c 0 "$D1"
expect 0 "^$D1 opens" c 0 "$D1" 'the key is lost'
expect 3 '^usage: ' c 4711
expect 3 '^usage: ' c 4711 "$D1" why not

if [[ $python != none ]]; then
    expect 0 "^$D1: yes \(granted-by-role\)$" py 4711 alice "$D1"
    # Each door has its own answer
    expect 3 "^$D1: yes" py 4711 alice "$D1" "$D2" door:acme/HQ/D9
    [[ $OUT == *$'\n'"$D2: no (remote-unlock-disabled)"$'\n'"door:acme/HQ/D9: unknown (unknown-resource)" ]] ||
        fail "doors: $OUT"
    expect 1 "^$D1: no \(not-permitted\)$" py 0 bob "$D1"
    # One may not ask about others
    expect 3 "^$D1: unknown \(not-allowed\)$" py 4712 alice "$D1"

    py 0 --watch bob "$D1" >"$WORK/watched" 2>&1 &
    watching=$!
    STARTED+=("$watching")
    becomes_true 20 grep -q "^$D1: no" "$WORK/watched" || fail "watched: $(<"$WORK/watched")"
    sed -i 's/{ name = "bob"; uid = 4712; }/{ name = "bob"; uid = 4712; roles = ( { role = "access-site-manager"; site = "HQ"; } ); }/' \
        "$POLICY/organizations.d/acme.conf"
    expect 0 '' live reload
    becomes_true 20 grep -q "^$D1: yes" "$WORK/watched" || fail "watched: $(<"$WORK/watched")"
    [[ $(grep -c '^policy ' "$WORK/watched") == 2 ]] || fail "watched: $(<"$WORK/watched")"
    daemon_stop
    # The daemon is gone: it says so and ends
    ends_within 10 "$watching" || fail 'watching goes on without a daemon'
    wait "$watching"
    [[ $? == 3 ]] && grep -q 'No daemon answers' "$WORK/watched" || fail "watched: $(<"$WORK/watched")"
    expect 3 "^$D1: unknown \(No daemon answers" py 4711 alice "$D1"
fi
pass 'the examples do what they say'
