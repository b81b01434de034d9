#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# doorward pam-check as it is called: the shipped PAM lines, put into the stock stacks where they
# belong, obey; the same lines at the end of a file do not, and the line that lets people past is
# named. And each exit status.
#
# usage: pam_check.sh DOORWARD SOURCE_ROOT
set -u -o pipefail
doorward=$1
root=$2
. "$root/tests/integration/stacks.sh"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0
checked=0

fail() {
    printf 'FAILED: %s\n' "$*"
    failures=$((failures + 1))
}

# expect STATUS WORDS ARGUMENT...: how pam-check ends, and what it says.
expect() {
    local status=$1 words=$2 out
    shift 2
    checked=$((checked + 1))
    out=$("$doorward" pam-check "$@" 2>&1)
    [[ $? == "$status" ]] || fail "pam-check $*: not exit $status: $out"
    [[ $out == *"$words"* ]] || fail "pam-check $*: does not say '$words': $out"
}

# at_the_end STACK PROFILE: the wrong place.
at_the_end() {
    cat "$1" && grep -E '^(account|session)[[:space:]]' "$2"
}

# build STYLE INSERTER FOLDER
build() {
    local stack profile
    mkdir -p "$3"
    for stack in "$root/tests/integration/stacks/$1"/*; do
        profile=$root/conf/pam.d/$1/${stack##*/}
        if [[ -f $profile ]] && grep -qE '^(account|session)' "$profile"; then
            "$2" "$stack" "$profile" || fail "$stack: no place for the lines"
        else
            cat "$stack"
        fi >"$3/${stack##*/}"
    done
    cp "$root/conf/pam.d/$1/door-unlock" "$3/door-unlock"
}

for style in debian redhat; do
    right=$work/$style/right wrong=$work/$style/wrong
    build "$style" stack_insert "$right"
    build "$style" at_the_end "$wrong"
    for service in sshd login sudo su door-unlock; do
        expect 0 "$service: obeyed (account and session)" "$service" --pam-directory "$right"
    done
    expect 0 ' 0 let somebody through, 0 lock everybody out' --pam-directory "$right"
done
# An expired password passes the account phase there, and the session phase stops it.
expect 0 "$work/debian/wrong/common-account:2: warning: account" sshd --pam-directory "$work/debian/wrong"
expect 1 "$work/redhat/wrong/system-auth:" sudo --pam-directory "$work/redhat/wrong"
expect 1 'sudo: gets through' --pam-directory "$work/redhat/wrong"
expect 1 '"result":"gets through"' --json --pam-directory "$work/redhat/wrong"
expect 0 '"result":"obeyed"' --json sshd --pam-directory "$work/debian/right"

printf 'account required pam_permit.so\n' >"$work/plain"
printf '@include loop\n' >"$work/loop"
expect 1 'plain: not asked' plain --pam-directory "$work"
expect 1 'plain: not asked' PLAIN --pam-directory "$work"
expect 3 "$work/loop:1: error: $work/loop includes itself" loop --pam-directory "$work"
expect 3 'cannot list' --pam-directory "$work/nowhere"
expect 2 'SERVICE is the name' ../plain --pam-directory "$work"
expect 2 'usage' one two

printf '%d of %d checks failed\n' "$failures" "$checked"
[[ $failures == 0 && $checked -gt 20 ]]
