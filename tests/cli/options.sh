#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Options and words: what stands where, what is refused, and that no word of a question ever ends a
# command with success.
. "$(dirname "$0")/cli.sh"
cli_policy
QUESTION=(alice access.door.unlock "$D1")
GRANTED="access-site-viewer at site:acme/HQ by group:acme/desk, organizations.d/acme.conf:6"
ALLOW=$'allow\tgranted-by-role\t'"$GRANTED; access-level:acme/doors, organizations.d/acme.conf:10"

# Before, behind, or some of each; never between
prints 0 "$ALLOW" '' "$DOORWARD" check "${WHEN[@]}" "${QUESTION[@]}"
prints 0 "$ALLOW" '' "$DOORWARD" check "${QUESTION[@]}" "${WHEN[@]}"
prints 0 "$ALLOW" '' "$DOORWARD" check --at "$AT" "${QUESTION[@]}" "${HERE[@]}"
prints 0 "$ALLOW" '' "$DOORWARD" check "--at=$AT" "${QUESTION[@]}" "--policy=$POLICY" \
    "--roles=$ROLES" "--state=$STATE"
misused "'access.door.unlock' follows an option" \
    "$DOORWARD" check alice "${WHEN[@]}" access.door.unlock "$D1"
misused "'door:acme/HQ/D1' follows an option" \
    "$DOORWARD" check alice access.door.unlock --json "$D1" "${WHEN[@]}"

# Behind -- there are words only
prints 0 "$ALLOW" '' "$DOORWARD" check "${WHEN[@]}" -- "${QUESTION[@]}"
prints 0 "$ALLOW" '' "$DOORWARD" check "${QUESTION[@]}" "${WHEN[@]}" --
prints 3 $'error\tmalformed-query\tthe user\'s name has a wrong form' '' \
    "$DOORWARD" check "${WHEN[@]}" -- --help access.door.unlock "$D1"
prints 3 $'error\tmalformed-query\ta word too many: KEY=VALUE is expected' '' \
    "$DOORWARD" check "${WHEN[@]}" -- "${QUESTION[@]}" --json
misused "'--json' follows an option" "$DOORWARD" check "${QUESTION[@]}" "${WHEN[@]}" -- --json
prints 3 $'error\tmalformed-query\ta word too many: KEY=VALUE is expected' '' \
    "$DOORWARD" check "${WHEN[@]}" "${QUESTION[@]}" -
prints 3 $'error\tmalformed-query\ta word too many: KEY=VALUE is expected' '' \
    "$DOORWARD" check "${WHEN[@]}" "${QUESTION[@]}" ''
prints 3 $'error\tmalformed-query\tUSER PERMISSION RESOURCE is expected' '' \
    "$DOORWARD" check "${WHEN[@]}" ''

# A word that looks like --help or --version does not turn a question into a success
misused '--from must lie before --until' "$DOORWARD" dates user:acme/bob \
    --from 2026-01-01T00:00:00Z --until 2026-01-01T00:00:00Z
misused 'release is at once and for good: it takes no --for, --until' "$DOORWARD" door release "$D1" \
    --until 2026-01-01T00:00:00Z
misused '--since has to be before --until' "$DOORWARD" report run site:acme/HQ \
    --since 2026-01-01T00:00:00Z --until 2026-01-01T00:00:00Z
misused '--help stands alone' "$DOORWARD" check --help access.door.unlock "$D1"
misused '--help stands alone' "$DOORWARD" check "${QUESTION[@]}" --help
misused 'unknown option --version' "$DOORWARD" check --version access.door.unlock "$D1"
misused 'unknown option -x' "$DOORWARD" check "${WHEN[@]}" -x access.door.unlock "$D1"
misused 'unknown option -h' "$DOORWARD" check -h

# Names in full, once each, with the value they take
misused 'unknown option --pol' "$DOORWARD" check --pol "$POLICY" "${QUESTION[@]}"
misused 'unknown option --js' "$DOORWARD" check "${QUESTION[@]}" --js
misused 'unknown option --hel' "$DOORWARD" check --hel
misused 'unknown option --s' "$DOORWARD" check --s "$STATE" "${QUESTION[@]}"
misused 'option --policy is given twice' \
    "$DOORWARD" check "${WHEN[@]}" "${QUESTION[@]}" --policy "$POLICY"
misused 'option --json is given twice' "$DOORWARD" check --json --json "${QUESTION[@]}"
misused '--json takes no value' "$DOORWARD" check "${QUESTION[@]}" --json=yes
misused 'a value is missing after --at' "$DOORWARD" check "${QUESTION[@]}" --at
for option in policy roles state at batch unix-group; do
    misused "the value of --$option is empty" "$DOORWARD" check "${QUESTION[@]}" "--$option="
    misused "the value of --$option is empty" "$DOORWARD" check "--$option" '' "${QUESTION[@]}"
done
groups=()
for ((i = 0; i < 65; i++)); do groups+=(--unix-group "g$i"); done
misused "'g64' is no value of --unix-group" "$DOORWARD" check "${groups[@]}" "${QUESTION[@]}"

# Options that a command does not have, or that would have no effect
misused 'takes no option --via' "$DOORWARD" check "${QUESTION[@]}" --via
misused 'takes no option --batch' "$DOORWARD" explain --batch - "${QUESTION[@]}"
misused 'takes no option --live' "$DOORWARD" validate --live
misused 'takes no option --policy' "$DOORWARD" status --policy "$POLICY"
misused 'takes no option --at' "$DOORWARD" unlock "$D1" --at "$AT"
misused '--socket and --timeout need --live' "$DOORWARD" check "${QUESTION[@]}" --socket "$SOCKET"
misused '--socket and --timeout need --live' "$DOORWARD" what-can alice --timeout 5
misused '--batch takes its queries from the file only' \
    "$DOORWARD" check "${QUESTION[@]}" --batch - "${WHEN[@]}"
for option in policy roles state unix-group; do
    misused '--live asks the daemon' "$DOORWARD" check --live "${QUESTION[@]}" "--$option" x
    misused '--live asks the daemon' "$DOORWARD" explain --live "${QUESTION[@]}" "--$option" x
done
misused '--live asks the daemon' "$DOORWARD" check --live "${QUESTION[@]}" --at "$AT"
misused '--live asks the daemon' "$DOORWARD" check --live --batch - --at "$AT"
misused '--live asks the daemon' "$DOORWARD" who-can --live access.door.unlock "$D1" --at "$AT"
misused '--live asks the daemon' "$DOORWARD" what-can --live alice --state "$STATE"

# Numbers and times
for value in 0 -1 3600001 1.5 1e3 0x10 ' 5' 5s 18446744073709551617; do
    misused 'is no value of --timeout' "$DOORWARD" status "--timeout=$value"
done
for value in now 2026 2026-06-01 2026-06-01T09:00:00 2026-02-29T09:00:00Z 2026-06-01T24:00:00Z \
    2026-06-01T09:60:00Z 2026-13-01T09:00:00Z 2026-00-01T09:00:00Z 2026-06-31T09:00:00Z \
    ' 2026-06-01T09:00:00Z' '2026-06-01T09:00:00Z ' 2026-06-01T09:00:00+25:00 1780480800; do
    misused "'$value' is no value of --at" "$DOORWARD" check "${QUESTION[@]}" --at "$value"
    misused "'$value' is no value of --since" "$DOORWARD" events --since "$value"
done

# Words too few or too many
misused 'usage: doorward check USER' "$DOORWARD" check
misused 'usage: doorward explain USER' "$DOORWARD" explain "${WHEN[@]}"
misused 'usage: doorward validate [OPTION...]' "$DOORWARD" validate "$POLICY"
misused 'usage: doorward who-can PERMISSION RESOURCE' "$DOORWARD" who-can access.door.unlock
misused 'usage: doorward who-can PERMISSION RESOURCE' "$DOORWARD" who-can a "$D1" active=true
misused 'usage: doorward what-can USER' "$DOORWARD" what-can
misused 'usage: doorward what-can USER' "$DOORWARD" what-can alice "$D1" x
misused 'usage: doorward test' "$DOORWARD" test x
misused 'usage: doorward roles' "$DOORWARD" roles a b
misused 'usage: doorward unlock' "$DOORWARD" unlock
misused 'usage: doorward status' "$DOORWARD" status x
misused 'usage: doorward reload' "$DOORWARD" reload x

# No command, no argument at all, another command
misused 'which command?' "$DOORWARD"
misused 'which command?' "$EMPTY_ARGUMENTS" "$DOORWARD"
misused "unknown command ''" "$DOORWARD" ''
misused "unknown command 'chek'" "$DOORWARD" chek
misused "unknown command 'Check'" "$DOORWARD" Check
misused "unknown command '--json'" "$DOORWARD" --json check

# What is repeated in a complaint moves no cursor and begins no line
misused 'unknown command '"'"'a\x1b[31m\x0ab'"'" "$DOORWARD" $'a\e[31m\nb'
misused 'unknown option --a\x1b[31m\x0ab' "$DOORWARD" check $'--a\e[31m\nb' x
misused "'a\\x0ab' follows an option" "$DOORWARD" check x --json $'a\nb'
misused "'\\x1b[2J' is no value of --at" "$DOORWARD" check x --at $'\e[2J'
misused 'unknown option --aaaaaaa' "$DOORWARD" check "--$(printf 'a%.0s' {1..100000})" x
for option in policy roles state batch; do
    run_split "$DOORWARD" check "--$option" $'/no\nwhere\e[2J' \
        "$([[ $option == batch ]] || echo alice)"
    steps=$((steps + 1))
    [[ $RC == [23] && -z $OUT && $ERR != *$'\e'* && $ERR != *$'\nwhere'* ]] ||
        fail "--$option with control characters: $RC $OUT $ERR"
done

# Help, for each command and for all; the version
run_split "$DOORWARD" --help
[[ $RC == 0 && -z $ERR ]] || fail "--help: $RC $ERR"
commands=$(sed -n '/^Commands:/,/^$/ { s/^  \([a-z-]*\) .*/\1/p }' <<<"$OUT")
for command in check explain validate who-can what-can test roles pam-check status reload unlock \
    grant revoke migrate member customize \
    sessions events; do
    grep -qx -- "$command" <<<"$commands" || fail "--help does not name $command"
done
for command in $commands; do
    run_split "$DOORWARD" "$command" --help
    steps=$((steps + 1))
    [[ $RC == 0 && -z $ERR && $OUT == "Usage: doorward $command"* && $OUT == *--help* ]] ||
        fail "$command --help: $RC $OUT $ERR"
done
run_split "$DOORWARD" --version
[[ $RC == 0 && $OUT =~ ^doorward\ [0-9]+\.[0-9]+\.[0-9]+$ && -z $ERR ]] || fail "--version: $OUT"

# Live state that is not considered is said last, and only then
prints 0 "$ALLOW" 'doorward: live state was not considered (--state DIR does)' \
    "$DOORWARD" check "${QUESTION[@]}" --policy "$POLICY" --roles "$ROLES" --at "$AT"
for command in explain who-can what-can; do
    words=("${QUESTION[@]}")
    [[ $command != who-can ]] || words=(access.door.unlock "$D1")
    [[ $command != what-can ]] || words=(alice)
    run_split "$DOORWARD" "$command" "${words[@]}" --policy "$POLICY" --roles "$ROLES" --at "$AT"
    steps=$((steps + 1))
    [[ ${ERR##*$'\n'} == 'doorward: live state was not considered (--state DIR does)' ]] ||
        fail "$command without --state: $ERR"
    run_split "$DOORWARD" "$command" "${words[@]}" "${WHEN[@]}"
    [[ -z $ERR ]] || fail "$command with --state: $ERR"
done
both=$(limited "$DOORWARD" check "${QUESTION[@]}" --policy "$POLICY" --roles "$ROLES" 2>&1 | tail -n 1)
[[ $both == 'doorward: live state'* ]] || fail "not the last line of both outputs: $both"
: >"$WORK/file"
for state in "$WORK/nowhere" "$WORK/file"; do
    for command in 'check alice access.door.unlock door:acme/HQ/D1' validate test roles; do
        # shellcheck disable=SC2086 # words
        run_split "$DOORWARD" $command --policy "$POLICY" --roles "$ROLES" --state "$state"
        steps=$((steps + 1))
        [[ $RC == 3 && $ERR == *"--state $state: "* ]] || fail "$command --state $state: $RC $ERR"
    done
done

# An output that cannot be written is no success, whatever was decided
for command in '--help' '--version' 'check alice access.door.unlock door:acme/HQ/D1' 'validate' \
    'check --json alice access.door.unlock door:acme/HQ/D1' 'explain alice x door:acme/HQ/D1' \
    'who-can access.door.unlock door:acme/HQ/D1' 'what-can alice' 'test' 'roles' \
    'roles access-site-viewer' 'roles --matrix access' 'roles --matrix --format csv'; do
    options=("${WHEN[@]}")
    [[ $command != --* ]] || options=()
    for closed in full closed; do
        # shellcheck disable=SC2086 # words
        if [[ $closed == full ]]; then
            limited "$DOORWARD" $command "${options[@]}" >/dev/full 2>"$WORK/err"
        else
            limited "$DOORWARD" $command "${options[@]}" >&- 2>"$WORK/err"
        fi
        RC=$?
        steps=$((steps + 1))
        [[ $RC == 3 ]] || fail "$command with standard output $closed: exit status $RC"
        grep -q 'cannot write the output' "$WORK/err" || fail "$command: silent about $closed"
    done
done
limited "$DOORWARD" check "${QUESTION[@]}" "${WHEN[@]}" >"$WORK/out" 2>&- <&-
RC=$?
[[ $RC == 0 && $(<"$WORK/out") == "$ALLOW" ]] || fail "without standard input and error: $RC"
limited "$DOORWARD" check "${QUESTION[@]}" "${WHEN[@]}" >&- 2>&- <&-
RC=$?
[[ $RC == 3 ]] || fail "without any standard stream: exit status $RC"

# No colour, on a terminal or not, whatever the environment says
for command in 'explain alice access.door.unlock door:acme/HQ/D2' 'validate' 'roles' 'what-can bob'; do
    # shellcheck disable=SC2086 # words
    run_split env TERM=xterm-256color CLICOLOR_FORCE=1 FORCE_COLOR=1 \
        "$DOORWARD" $command "${WHEN[@]}"
    steps=$((steps + 1))
    [[ -n $OUT && $OUT$ERR != *$'\e'* ]] || fail "$command prints escape sequences"
done
pass 'options'
