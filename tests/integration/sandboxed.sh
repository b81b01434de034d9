#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The module in a sandboxed program, as root and as the person himself: no network, nothing in /home
# and /dev, no place to write to, no capability, and system calls that kill (sandboxed.c).
. "$(dirname "$0")/lib.sh"
needs_private_mounts "$@"

# Folders that the sandbox hides may hold the build
cp "$SANDBOXED" "$WORK/sandboxed" && cp "$PAM_DOORWARD" "$WORK/pam_doorward.so" ||
    fail 'cannot copy the programs'
PAM_DOORWARD=$WORK/pam_doorward.so
policy_make
stack_write demo "$(module_line account)" "$(module_line session)"
daemon_start

# boxed UID USER
boxed() {
    # shellcheck disable=SC2016 # for the shell inside
    limited unshare --mount --net --ipc --uts bash -c '
        mount -t tmpfs -o ro tmpfs /home && mount -t tmpfs -o ro tmpfs /root &&
            mount -t tmpfs -o ro tmpfs /dev && mount -o remount,bind,ro / || exit 99
        for folder in /tmp /var /run /etc; do
            mountpoint -q $folder && mount -o remount,bind,ro $folder
        done
        [[ ! -w $3 ]] || exit 98
        exec setpriv --reuid="$1" --regid=100 --clear-groups --no-new-privs --bounding-set=-all \
            --inh-caps=-all -- "$3/sandboxed" "${@:4}"' boxed "$1" "" "$WORK" "${@:2}"
}

# The sandbox bites: who asks a name server is killed
expect 159 '' boxed 0 --probe

expect 0 '^acct_mgmt PAM_SUCCESS' boxed 0 "$STACKS" demo alice
expect 0 '^open_session PAM_SUCCESS' boxed 0 "$STACKS" demo alice
expect 0 '^acct_mgmt PAM_PERM_DENIED' boxed 0 "$STACKS" demo bob
expect 0 '^acct_mgmt PAM_USER_UNKNOWN' boxed 0 "$STACKS" demo mallory
# A screen locker runs as the person whom it asks about
expect 0 '^acct_mgmt PAM_SUCCESS' boxed 4711 "$STACKS" demo alice
expect 0 '^acct_mgmt PAM_PERM_DENIED' boxed 4712 "$STACKS" demo bob
run boxed 4712 "$STACKS" demo alice
[[ $OUT != *PAM_SUCCESS* ]] || fail "bob gets an answer for alice: $OUT"

# Without the daemon
daemon_stop
expect 0 '^acct_mgmt PAM_AUTHINFO_UNAVAIL' boxed 4711 "$STACKS" demo alice
pass 'the module in a sandboxed program'
