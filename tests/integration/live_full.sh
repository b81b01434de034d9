#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Live changes while they cannot be written: the file of live state is taken away, or the disk is
# full. What was answered as made is so, what was answered as not recorded is not, the daemon goes on
# when it can write again, and it may be killed at any moment of this.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/live_crash_lib.sh"
needs_private_mounts "$@"

# shellcheck disable=SC2317 # called by name
state_file_goes() {
    mv "$STATE/state.db" "$STATE/hidden.db"
}
# shellcheck disable=SC2317 # called by name
state_file_comes() {
    mv "$STATE/hidden.db" "$STATE/state.db"
}
# shellcheck disable=SC2317 # called by name
disk_fills() {
    dd if=/dev/zero of="$STATE/ballast" bs=64k 2>/dev/null
    dd if=/dev/zero of="$STATE/ballast.2" bs=1 count=65536 2>/dev/null
}
# shellcheck disable=SC2317 # called by name
disk_empties() {
    rm -f "$STATE"/ballast*
}

# trouble GOES COMES SIGNAL COUNT MILLISECONDS: load, with a fault in the middle of it.
trouble() {
    local goes=$1 comes=$2 before=$failures since fault
    since=$(date -u +%Y-%m-%dT%H:%M:%SZ)
    (
        sleep "0.$((RANDOM % 5 + 1))"
        "$goes"
        sleep 1
        [[ $comes == later ]] || "$comes"
    ) &
    fault=$!
    crash_load "$3" "$4" "$5" faults
    wait "$fault"
    if [[ $comes == later ]]; then
        if [[ $goes == disk_fills ]]; then disk_empties; else state_file_comes; fi
    fi
    ((failures > before)) || fail "$goes: everything was recorded all the same"
    crash_recover "$since"
}

crash_policy
mkdir -p "$STATE"
mount -t tmpfs -o size=128m,mode=0700 tmpfs "$STATE" || fail 'no tmpfs'
daemon_start
# Ended in the middle of the fault …
trouble state_file_goes later KILL 1000000 1200
# … whoever waits for a row that says otherwise has it
trouble state_file_goes later TERM 1000000 1200
expect 0 'reason=change-not-made' live events
trouble disk_fills later KILL 1000000 1200
trouble disk_fills later TERM 1000000 1200
# … and after it
trouble state_file_goes state_file_comes KILL 1000000 2500
trouble disk_fills disk_empties KILL 1000000 2500
printf '%d changes and %d unlocks acknowledged, %d refused\n' "$changes" "$unlocks" "$failures"
daemon_stop
umount "$STATE" || fail 'the state folder stays busy'
pass 'what could not be written is not claimed'
