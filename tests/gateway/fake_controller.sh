#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The fake controller as a program: it says its port, opens a door when the published example of a
# request comes, refuses what is no message, and takes commands from its input.
#
# usage: fake_controller.sh FAKE_CONTROLLER
set -u -o pipefail

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# next PATTERN: reads lines until one matches.
next() {
    while IFS= read -r -t 10 -u "${FAKE[0]}" line; do
        [[ $line =~ $1 ]] && return
    done
    fail "no line like $1"
}

coproc FAKE { exec "$1" 0 423187757; }
pid=$FAKE_PID
trap 'kill "$pid" 2>/dev/null' EXIT
next ' ready ([0-9]+)$'
port=${BASH_REMATCH[1]}

zeros=$(printf '\\0%.0s' {1..55})
printf '\x17\x40\0\0\x2d\x55\x39\x19\x03'"$zeros" >"/dev/udp/127.0.0.1/$port"
next ' in 127\.0\.0\.1:[0-9]+ 174000002d5539190300'
next ' moved 3 1$'
next ' out 127\.0\.0\.1:[0-9]+ 174000002d55391901'

# Short, and of another serial number: seen, and nothing moves
printf '\x17\x40\0\0\x2d\x55\x39\x19\x03' >"/dev/udp/127.0.0.1/$port"
next ' in 127\.0\.0\.1:[0-9]+ 174000002d55391903$'
printf '\x17\x40\0\0\x2e\x55\x39\x19\x03'"$zeros" >"/dev/udp/127.0.0.1/$port"
next ' in 127\.0\.0\.1:[0-9]+ 174000002e55391903'

printf 'faults.refuses 1\n' >&"${FAKE[1]}"
sleep 0.1 # the two come by different ways
printf '\x17\x40\0\0\x2d\x55\x39\x19\x03'"$zeros" >"/dev/udp/127.0.0.1/$port"
next ' out 127\.0\.0\.1:[0-9]+ 174000002d55391900'
kill "$pid"
wait "$pid" || fail "it ended with $?"
