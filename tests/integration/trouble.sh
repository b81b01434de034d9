#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# A daemon that is stopped, lost, misbehaving or not ours: the module ends at its deadline, always
# with a denial, and leaves no descriptor behind.
. "$(dirname "$0")/lib.sh"

TIMEOUT_MS=700
# What libpam, the start of the program and a loaded machine may add to the deadline
GRACE_MS=3000
policy_make
stack_write demo "$(module_line account timeout=$TIMEOUT_MS)"

unavailable() { # TEXT
    expect_within $((TIMEOUT_MS + GRACE_MS)) 1 '^acct_mgmt PAM_AUTHINFO_UNAVAIL' \
        host demo alice --descriptors acct_mgmt
}

# No folder, no socket, a file in its place
unavailable
mkdir -p "${SOCKET%/*}"
unavailable
touch "$SOCKET"
unavailable
rm "$SOCKET"

# A server in the daemon's place. silent, full and drip use the whole time, the others none of it.
for mode in silent full close garbage drip huge echo forged shut; do
    "$BAD_SERVER" "$SOCKET" "$mode" >"$WORK/server.out" &
    server=$!
    STARTED+=("$server")
    becomes_true 10 grep -q ready "$WORK/server.out" || fail "bad_server $mode is not ready"
    unavailable
    case $mode in
    close | garbage | huge | echo | forged | shut)
        expect_within $GRACE_MS 1 '^acct_mgmt PAM_AUTHINFO_UNAVAIL' \
            host demo alice acct_mgmt ;;
    esac
    kill -TERM -- "-$server" 2>/dev/null
    ends_within 5 "$server" || fail "bad_server $mode does not end"
    rm -f "$SOCKET"
done

# A daemon that is stopped answers nobody and lets nobody in; continued, it answers again
daemon_start
expect 0 '^acct_mgmt PAM_SUCCESS' host demo alice acct_mgmt
kill -STOP "$DAEMON"
unavailable
kill -CONT "$DAEMON"
becomes_true 10 host demo alice acct_mgmt || fail 'does not answer after SIGCONT'

# Who may write the socket's folder could put his own server there
chmod 0777 "${SOCKET%/*}"
unavailable
chmod 0755 "${SOCKET%/*}"
expect 0 '^acct_mgmt PAM_SUCCESS' host demo alice acct_mgmt

# Clients that misbehave cost their own connection and nothing else
for mode in vanish garbage version flipped nul truncated uid-limit; do
    expect 0 '' "$BAD_CLIENT" "$SOCKET" "$mode"
done
"$BAD_CLIENT" "$SOCKET" idle >"$WORK/idle.out" &
STARTED+=($!)
becomes_true 10 grep -q idle "$WORK/idle.out" || fail 'no idle clients'
expect 0 '^acct_mgmt PAM_SUCCESS' host demo alice acct_mgmt
kill -0 "$DAEMON" || fail 'the daemon has gone'

# Names that no policy can hold
long=$WORK/long
head -c 1048576 /dev/zero | tr '\0' a >"$long"
for phase in acct_mgmt; do
    expect 1 "^$phase PAM_" host demo "@$long" --descriptors $phase
    expect 1 "^$phase PAM_" host demo bob --rhost "@$long" --tty "@$long" --ruser "@$long" $phase
done
for name in '' $'al\nice' $'alice\x01' $'al\xff\xfe' 'alice ' ' alice' 'alice/..' '../alice' '*' \
    '%s%n' "alice'" $'\e[31malice' 'Alice' 'alic' 'alicee' 'acme/alice' "user:acme/alice"; do
    run host demo "$name" acct_mgmt
    [[ $RC != 0 ]] || fail "the name $(printf %q "$name") is let in: $OUT"
    [[ $OUT == *$'\e'* ]] && fail "control characters reach the user: $(printf %q "$OUT")"
    steps=$((steps + 1))
done
expect 0 '^acct_mgmt PAM_SUCCESS' host demo alice acct_mgmt
grep -q $'\e' "$WORK/daemon.log" && fail 'control characters reach the log'
pass 'the module meets a daemon in trouble'
