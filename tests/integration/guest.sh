#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The module leaves the program that loads it as it was: see guest.c.
. "$(dirname "$0")/lib.sh"
policy_make 'limits = { requests_per_second = 10000; requests_burst = 10000; };'
stack_write demo "$(module_line account)" "$(module_line session)"
daemon_start
expect 0 '' "$GUEST" "$PAM_DOORWARD" "$STACKS" demo
expect 0 '' live status
pass 'the module as a guest'
