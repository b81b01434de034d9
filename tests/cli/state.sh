#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# --state: the live state of a state folder counts in what is decided offline, and reading it leaves
# the folder as it is.
. "$(dirname "$0")/cli.sh"

UNLOCK=(access.door.unlock "$D1")
DB=$STATE/state.db

# files: the names and sums of what lies in the state folder.
files() {
    (cd "$STATE" && find . -type f -exec sha256sum {} + | sort)
}

# decides STATUS TEXT WORD...: check says so in its first line, and nothing on standard error.
decides() {
    local status=$1 text=$2
    shift 2
    run_split doorward check "$@"
    steps=$((steps + 1))
    [[ $RC == "$status" && $OUT == "$text"* && -z $ERR ]] || fail "check $*: $RC $OUT $ERR"
}

# undecidable TEXT: every command that decides refuses with one line that holds TEXT.
undecidable() {
    local command
    printf 'alice %s\n' "${UNLOCK[*]}" >"$WORK/batch"
    for command in "door show $D1" "check alice ${UNLOCK[*]}" "check --batch $WORK/batch" \
        "explain alice ${UNLOCK[*]}" "who-can ${UNLOCK[*]}" 'what-can alice'; do
        # shellcheck disable=SC2086 # words
        run_split doorward $command
        steps=$((steps + 1))
        [[ $RC == 3 && -z $OUT && $(wc -l <"$WORK/err") == 1 ]] || fail "$command: $RC $OUT $ERR"
        [[ $ERR == "doorward ${command%% *}: --state $STATE: state.db $1"* ]] ||
            fail "$command: no '$1' in '$ERR'"
    done
}

cli_policy

# ---- None ----
decides 0 allow alice "${UNLOCK[@]}"
[[ ! -e $DB ]] || fail 'a store was made by reading'

# ---- One that is sound ----
limited "$PUT_LIVE" "$STATE" suspension user:acme/alice || fail 'put_live'
limited "$PUT_LIVE" "$STATE" block door:acme/HQ/D2 || fail 'put_live'
limited "$PUT_LIVE" "$STATE" suspension user:elsewhere/alice || fail 'put_live'
before=$(files)
decides 1 $'deny\tsuspended' alice "${UNLOCK[@]}"
decides 0 allow bob "${UNLOCK[@]}"
run_split doorward explain alice "${UNLOCK[@]}"
[[ $RC == 1 && $OUT == *suspended* && -z $ERR ]] || fail "explain: $RC $OUT $ERR"
printf '%s %s\n' alice "${UNLOCK[*]}" bob "${UNLOCK[*]}" >"$WORK/batch"
run_split doorward check --batch "$WORK/batch"
[[ $OUT == *$'deny\tsuspended'*$'\n'*allow* && -z $ERR ]] || fail "batch: $RC $OUT $ERR"
run_split doorward who-can "${UNLOCK[@]}"
[[ $RC == 0 && $OUT != *alice* && $OUT == *bob* && -z $ERR ]] || fail "who-can: $RC $OUT $ERR"
run_split doorward what-can alice
[[ $OUT != *access.door.unlock* && -z $ERR ]] || fail "what-can: $RC $OUT $ERR"
run_split doorward door show door:acme/HQ/D2
[[ $RC == 0 && $OUT == *'mode: Blocked'*'source: block'* && -z $ERR ]] || fail "door: $RC $OUT $ERR"
[[ $(files) == "$before" ]] || fail 'reading changed the state folder'

# Without --state it is not considered, and that is said.
run_split limited "$DOORWARD" check alice "${UNLOCK[@]}" --policy "$POLICY" --roles "$ROLES" --at "$AT"
[[ $RC == 0 && $OUT == allow* ]] || fail "without --state: $RC $OUT"
[[ $ERR == *'live state was not considered'* ]] || fail "not said: $ERR"

# A folder that cannot be written, as a copy for an auditor may be
read_only() { # COMMAND...
    if [[ $(id -u) == 0 ]]; then
        # shellcheck disable=SC2016 # the inner shell's
        unshare -m bash -c 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && "$@"' \
            "$STATE" "$@"
    else
        chmod a-w "$STATE"
        "$@"
        local status=$?
        chmod u+w "$STATE"
        return $status
    fi
}
run_split read_only "$DOORWARD" check alice "${UNLOCK[@]}" "${WHEN[@]}"
[[ $RC == 1 && $OUT == $'deny\tsuspended'* && -z $ERR ]] || fail "read-only: $RC $OUT $ERR"
[[ $(files) == "$before" ]] || fail 'reading changed the state folder'

# ---- What cannot be believed ----
cp "$DB" "$WORK/good"
chmod g+w "$DB"
undecidable 'is damaged: state.db: '
chmod g-w "$DB"
printf 'garbage' | dd of="$DB" conv=notrunc status=none
undecidable 'is damaged: '
: >"$DB"
undecidable 'is damaged: it is empty'
mv "$WORK/good" "$DB"
mv "$DB" "$WORK/elsewhere"
ln -s "$WORK/elsewhere" "$DB"
undecidable 'is damaged: state.db: '
rm "$DB"
# What does not decide does not need it.
: >"$DB"
run_split doorward test
[[ $RC == 0 && -z $ERR ]] || fail "test: $RC $OUT $ERR"
rm "$DB"
decides 0 allow alice "${UNLOCK[@]}"

# ---- doorward state ----
misused 'unknown word' "$DOORWARD" state repair --reason x
misused '--reason is missing' "$DOORWARD" state reset
misused 'usage' "$DOORWARD" state
pass 'state'
