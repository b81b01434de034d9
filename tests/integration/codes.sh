#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# What the module returns in each situation, in both phases, through a real libpam. The daemon
# runs as whoever runs the test, so no root is needed.
. "$(dirname "$0")/lib.sh"

# in_passwd UID_MINIMUM: an account of /etc/passwd with a uid of at least this, but nobody's name
# in the policy.
in_passwd() {
    awk -F: -v least="$1" '$3 >= least { print $1; exit }' /etc/passwd
}
local_person=$(in_passwd 1000)
[[ -n $local_person ]] || fail 'this machine has no account with a uid of 1000 or more'

policy_make
sed -i "s/\"rescue\"/\"rescue\", \"$local_person\"/" "$POLICY/doorward.conf"

# both SERVICE ARGUMENTS: account and session lines for a service.
both() {
    stack_write "$1" "$(module_line account "${@:2}")" "$(module_line session "${@:2}")"
}
for service in demo sshd cron nothing door-unlock; do
    both "$service"
done
both door-one door=acme/HQ/D1
sed -i 's/"door-unlock" \]/"door-unlock", "door-one", "door-two", "door-gone" ]/' "$POLICY/doorward.conf"
both door-two door=acme/HQ/D2
both door-gone door=acme/HQ/D9
daemon_start

phases=(acct_mgmt open_session)
# in_both STATUS CODE SERVICE USER [OPTION...]
in_both() {
    local status=$1 code=$2 phase
    shift 2
    for phase in "${phases[@]}"; do
        expect "$status" "^$phase $code\$" host "$1" "$2" --descriptors "${@:3}" "$phase"
    done
}

# The table of the module's documentation
in_both 0 PAM_SUCCESS demo alice
in_both 1 PAM_PERM_DENIED demo bob
in_both 1 PAM_PERM_DENIED demo victor
in_both 1 PAM_USER_UNKNOWN demo mallory
in_both 1 PAM_PERM_DENIED nothing alice
in_both 0 PAM_SUCCESS cron mallory
in_both 0 PAM_SUCCESS demo "$local_person"
# An account that /etc/passwd puts below minimum_uid is not asked about; the stack has nothing else
# to say, and libpam denies where every module ignores.
expect 1 '^acct_mgmt PAM_PERM_DENIED' host demo root acct_mgmt
stack_write demo-permit "$(module_line account)" 'account required pam_permit.so'
expect 0 '^acct_mgmt PAM_SUCCESS' host demo-permit root acct_mgmt

# The other four entry points never decide and never stand in the way
stack_write others "$(module_line auth)" 'auth required pam_permit.so' \
    "$(module_line password)" 'password required pam_permit.so' "$(module_line session)"
expect 0 '^authenticate PAM_SUCCESS' host others mallory authenticate
expect 0 '^setcred PAM_SUCCESS' host others mallory setcred
expect 0 '^chauthtok PAM_SUCCESS' host others mallory chauthtok
expect 0 '^close_session PAM_SUCCESS' host demo alice open_session close_session
expect 1 '^authenticate PAM_PERM_DENIED' \
    host "$(stack_write alone "$(module_line auth)" && echo alone)" alice authenticate

# A handle that goes on in a child, as sshd's does, gets the same answers
expect 0 '^open_session PAM_SUCCESS' host demo alice acct_mgmt fork open_session
expect 1 '^open_session PAM_PERM_DENIED' host demo bob fork open_session

# Doors
in_both 1 PAM_SERVICE_ERR door-unlock alice
expect 0 '^acct_mgmt PAM_SUCCESS' host door-one alice acct_mgmt
expect 0 '^mode: Accessed$' live door show door:acme/HQ/D1
expect 0 '^mode: Locked$' live door show door:acme/HQ/D2
expect 1 '^acct_mgmt PAM_PERM_DENIED' host door-one bob acct_mgmt
expect 1 '^acct_mgmt PAM_USER_UNKNOWN' host door-one mallory acct_mgmt
expect 1 '^acct_mgmt PAM_PERM_DENIED' host door-two alice acct_mgmt
expect 1 '^acct_mgmt ' host door-gone alice acct_mgmt
expect 0 '^environment: DOORWARD_DECISION=[0-9a-f]{32}$' \
    host door-one alice --show-environment acct_mgmt
expect 0 '^environment: DOORWARD_DECIDED_DOOR=acme/HQ/D1$' \
    host door-one alice --show-environment acct_mgmt
expect 0 '^acct_mgmt PAM_SUCCESS' \
    host door-unlock alice --environment DOORWARD_DOOR=acme/HQ/D1 acct_mgmt
expect 1 '^acct_mgmt PAM_PERM_DENIED' \
    host door-unlock alice --environment DOORWARD_DOOR=acme/HQ/D2 acct_mgmt
expect 1 '^acct_mgmt PAM_SERVICE_ERR' \
    host door-one alice --environment DOORWARD_DOOR=acme/HQ/D2 acct_mgmt
expect 0 '^acct_mgmt PAM_SUCCESS' \
    host door-one alice --environment DOORWARD_DOOR=acme/HQ/D1 acct_mgmt
expect 0 '^open_session PAM_SUCCESS' host door-one alice acct_mgmt open_session
expect 1 '^open_session PAM_SERVICE_ERR' host door-one alice open_session
expect 1 '^open_session PAM_SERVICE_ERR' \
    host door-unlock alice --environment DOORWARD_DOOR=acme/HQ/D1 open_session
# At doors minimum_uid exempts nobody
expect 1 '^acct_mgmt PAM_USER_UNKNOWN' host door-one root acct_mgmt

# Arguments that are wrong are an error, never a default
for argument in socket= timeout=0 timeout=-1 timeout=1x timeout=99999999999 server_uid=-1 \
    server_uid=4294967296 minimum_uid= minimum_uid=abc groups=on groups= door= \
    door=../x nonsense quiet=1 'quiet quiet' 'timeout=10 timeout=20' "server_uid=4294967295"; do
    stack_write wrong "$(module_line account "$argument")" 'account required pam_permit.so'
    run host wrong alice acct_mgmt
    [[ $RC == 1 && $OUT == *'acct_mgmt PAM_SERVICE_ERR'* ]] || fail "argument '$argument': $OUT"
    steps=$((steps + 1))
done

# Each decision is one line in the system log, whatever it was, and a good login raises no alarm
for user in alice bob mallory; do
    run host demo "$user" acct_mgmt
    (($(grep -c '^log: pam_doorward(demo:account): ' <<<"$OUT") == 1)) ||
        fail "not one line in the log for $user: $OUT"
    steps=$((steps + 1))
done

# Texts are shown to people, unless they are not wanted
expect 1 '^(error|info): .+' host demo bob acct_mgmt
run host demo bob --silent acct_mgmt
grep -qE '^(error|info):' <<<"$OUT" && fail "PAM_SILENT is not heard: $OUT"
both demo quiet
run host demo bob acct_mgmt
grep -qE '^(error|info):' <<<"$OUT" && fail "quiet is not heard: $OUT"
both demo

# Claims of the host program neither widen nor narrow
in_both 0 PAM_SUCCESS demo alice --rhost 192.0.2.1 --ruser root --tty pts/1
in_both 1 PAM_PERM_DENIED demo bob --ruser alice --rhost localhost --tty console

# A denial that the daemon gives says under which id it is in the journal
expect 1 '^decision [0-9a-f]{32}$' live check --live bob access.door.unlock door:acme/HQ/D1
id=$(sed -n 's/^decision //p' <<<"$OUT")
expect 1 '"decision_id":"[0-9a-f]{32}"' \
    live check --live --json bob access.door.unlock door:acme/HQ/D1
expect 0 "decision_id=$id " live events --denied --user bob

# Reviews by the daemon say what the same policy says offline
for review in "who-can access.door.view door:acme/HQ/D1 --via" \
    "who-can access.door.view door:acme/HQ/D1 --json" "what-can alice door:acme/HQ/D1" \
    "what-can alice --via" "what-can alice door:acme/HQ/D1 --via --json"; do
    # shellcheck disable=SC2086 # words
    offline=$("$DOORWARD" $review --policy "$POLICY" --roles "$ROLES" 2>/dev/null)
    # shellcheck disable=SC2086 # words
    run live $review --live
    steps=$((steps + 1))
    [[ $RC == 0 && -n $OUT && $OUT == "$offline" ]] || fail "$review: $OUT, offline: $offline"
done

# No daemon
daemon_stop
in_both 1 PAM_AUTHINFO_UNAVAIL demo alice
in_both 1 PAM_AUTHINFO_UNAVAIL demo bob
in_both 1 PAM_AUTHINFO_UNAVAIL cron alice
in_both 1 PAM_AUTHINFO_UNAVAIL demo "$local_person"

# A policy that observes: let in, and written down as what it would have been
policy_make
sed -i "s/^host = /enforcement = \"observe\"; observe_until = \"$(date -u -d '+7 days' +%FT%TZ)\";\n&/" \
    "$POLICY/doorward.conf"
rm -rf "$STATE"
daemon_start
in_both 0 PAM_SUCCESS demo bob
in_both 0 PAM_SUCCESS demo alice
expect 0 bob live events --would-deny
run live events --would-deny
grep -q alice <<<"$OUT" && fail "alice would not be denied: $OUT"
expect 1 '^acct_mgmt PAM_PERM_DENIED' \
    host door-unlock bob --environment DOORWARD_DOOR=acme/HQ/D1 acct_mgmt
pass 'return codes of the module'
