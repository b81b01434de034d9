#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Every shipped PAM profile, put into the stock stack of its style where it says, must deny on each
# code that the module could return, except PAM_SUCCESS and PAM_IGNORE. And the test must be able
# to fail: the same lines below the common stack do let people in.
#
# usage: profiles.sh PAM_MATRIX PAM_RETURN_MODULE
set -u -o pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/stacks.sh"
profiles=$here/../../conf/pam.d
matrix=$(realpath "$1") || exit 1
module=$(realpath "$2") || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
    printf 'FAILED: %s\n' "$*"
    failures=$((failures + 1))
}

# stack_names_module FOLDER: every module but pam_deny and pam_permit becomes pam_return.so under
# its own name, and what is taken in comes from FOLDER (libpam looks for it in /etc/pam.d).
stack_names_module() {
    sed -E -e '/pam_(deny|permit)\.so/!s#(pam_[a-z_]+)\.so.*#'"$module"' name=\1#' \
        -e "s#^(@include[[:space:]]+|[a-z]+[[:space:]]+include[[:space:]]+)#&$1/#"
}

# stack_append STACK PROFILE: the wrong place, at the end.
stack_append() {
    cat "$1" && grep -E '^(account|session)[[:space:]]' "$2"
}

# build STYLE INSERTER FOLDER: all stacks of a style with their profiles.
build() {
    local style=$1 inserter=$2 folder=$3 stack service profile
    mkdir -p "$folder"
    for stack in "$here/stacks/$style"/*; do
        service=${stack##*/}
        profile=$profiles/$style/$service
        [[ -f $profile ]] && grep -qE '^(account|session)' "$profile" || profile=
        if [[ -n $profile ]]; then
            "$inserter" "$stack" "$profile" || fail "$style/$service: no place for the lines"
        else
            cat "$stack"
        fi | stack_names_module "$folder" >"$folder/$service"
    done
    stack_names_module "$folder" <"$profiles/$style/door-unlock" >"$folder/door-unlock"
}

checked=0
for style in debian redhat; do
    build "$style" stack_insert "$work/$style"
    for profile in "$profiles/$style"/*; do
        service=${profile##*/}
        ignore=ignore-passes
        [[ $service == door-unlock ]] && ignore=ignore-denies
        grep -q pam_doorward "$work/$style/$service" ||
            grep -q '^# covered by: ' "$profile" || fail "$style/$service has no doorward line"
        "$matrix" "$work/$style" "$service" "$ignore" || fail "$style/$service"
        checked=$((checked + 1))
    done
done
((checked == 14)) || fail "expected 14 profiles, found $checked"

# Below the common stack the lines are skipped for an expired password (Debian) and for every
# local user (Red Hat): the matrix has to notice.
for style in debian redhat; do
    build "$style" stack_append "$work/wrong-$style"
    "$matrix" "$work/wrong-$style" sshd ignore-passes >"$work/out" &&
        fail "$style: lines below the common stack were not noticed"
    grep -q 'the application gets' "$work/out" || fail "$style: the matrix said nothing"
done

printf '%d profiles checked\n' "$checked"
exit $((failures > 0))
