#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# No policy, a broken one over a good one, a removed state folder, a full disk: what the daemon
# serves, what it says, what the module makes of it.
. "$(dirname "$0")/lib.sh"
needs_disk=
if ((EUID == 0)) && unshare --mount --propagation private true 2>/dev/null; then
    needs_private_mounts "$@"
    needs_disk=yes
fi

stack_write demo "$(module_line account)"
stack_write door-unlock "$(module_line account door=acme/HQ/D1)"
allowed() { expect 0 '^acct_mgmt PAM_SUCCESS' host demo alice acct_mgmt; }
unavailable() { expect 1 '^acct_mgmt PAM_AUTHINFO_UNAVAIL' host demo alice acct_mgmt; }

status_says() { grep -qE -- "$1" <<<"$(live status)"; }

# No policy at all: stays up, says so, lets nobody in
mkdir -p "$POLICY"
daemon_run
becomes_true 30 says_something || fail 'the daemon does not answer'
unavailable
expect 3 '' live status
kill -0 "$DAEMON" || fail 'ended without a policy'

# The policy arrives: one reload, and it serves
policy_make
expect 0 '' live reload
expect 0 '' live status
allowed

# A broken policy over a good one: refused with the place, the good one goes on
good=$(cat "$POLICY/organizations.d/acme.conf")
sed -i 's/access-system-admin/access-sistem-admin/' "$POLICY/organizations.d/acme.conf"
expect 3 'acme\.conf:[0-9]+: error: ' live reload
allowed
kill -HUP "$DAEMON"
sleep 0.5
allowed
expect 3 'policy-refused' live status

# It survives a restart, too: the last good image is served although the text is broken
daemon_stop
daemon_run
becomes_true 20 host demo alice acct_mgmt || fail 'the last good policy is not served'
becomes_true 20 status_says policy-refused || fail 'says nothing about the refused text'
printf '%s\n' "$good" >"$POLICY/organizations.d/acme.conf"
expect 0 '' live reload

# A policy that others may write is refused
chmod 0666 "$POLICY/organizations.d/acme.conf"
expect 3 'acme\.conf:1: error: ' live reload
chmod 0644 "$POLICY/organizations.d/acme.conf"
expect 0 '' live reload
allowed

# The state folder disappears below a running daemon: sessions go on (journal_failure), doors stay
# shut unless the allow could be recorded, and it does not crash
mv "$STATE" "$STATE.gone"
run host demo alice acct_mgmt
steps=$((steps + 1))
kill -0 "$DAEMON" || fail 'ended when its state folder was removed'
expect 1 '^acct_mgmt PAM_PERM_DENIED' \
    host demo bob acct_mgmt
mv "$STATE.gone" "$STATE"
daemon_stop

# A state folder that cannot be used: exit status 3
rm -rf "$STATE"
: >"$STATE"
expect 3 '' "$DOORWARDD" --policy "$POLICY" --roles "$ROLES" --state "$STATE" --socket "$SOCKET"
rm -f "$STATE"

# A full disk: doors stay shut, sessions open as journal_failure says, and the reverse
if [[ -n $needs_disk ]]; then
    for setting in 'sessions = "allow"; unlocks = "deny";' 'sessions = "deny"; unlocks = "allow";'; do
        policy_make "journal_failure = { $setting };"
        mkdir -p "$STATE"
        mount -t tmpfs -o size=16m,mode=0700 tmpfs "$STATE" || fail 'no tmpfs'
        daemon_start
        allowed
        expect 0 '^acct_mgmt PAM_SUCCESS' host door-unlock alice acct_mgmt
        dd if=/dev/zero of="$STATE/ballast" bs=64k 2>/dev/null
        dd if=/dev/zero of="$STATE/ballast.2" bs=1 count=65536 2>/dev/null
        # What SQLite has preallocated may take some more rows
        for _ in $(seq 400); do
            host demo alice acct_mgmt >/dev/null 2>&1
            run host door-unlock alice acct_mgmt
            ((RC == 0)) || break
        done
        if [[ $setting == 'sessions = "allow"'* ]]; then
            expect 1 '^acct_mgmt PAM_' host door-unlock alice acct_mgmt
            allowed
        else
            expect 1 '^acct_mgmt PAM_' host demo alice acct_mgmt
            expect 0 '^acct_mgmt PAM_SUCCESS' host door-unlock alice acct_mgmt
        fi
        expect 1 '^acct_mgmt PAM_PERM_DENIED' host demo bob acct_mgmt
        kill -0 "$DAEMON" || fail 'ended on a full disk'
        rm -f "$STATE"/ballast*
        becomes_true 20 host door-unlock alice acct_mgmt || fail 'does not recover from a full disk'
        becomes_true 20 host demo alice acct_mgmt || fail 'does not recover from a full disk'
        daemon_stop
        umount "$STATE" || fail 'the state folder stays busy'
    done
fi
pass 'policies and state in trouble'
