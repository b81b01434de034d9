#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# check: the exact form of an answer, what --at moves, words from hostile hands; and --batch, line
# for line.
. "$(dirname "$0")/cli.sh"
cli_policy
GRANT='access-site-viewer at site:acme/HQ by group:acme/desk, organizations.d/acme.conf:6'
LEVEL='access-level:acme/doors, organizations.d/acme.conf:10'
ALLOW=$'allow\tgranted-by-role\t'"$GRANT; $LEVEL"
OFF=$'deny\tnot-permitted-at-this-time\t'"$GRANT: needs door-access-now, but access-level:acme/doors"
OFF+=" has the schedule day (UTC), which is off now, organizations.d/acme.conf:10"
NONE=$'deny\tnot-permitted\tno role in force at door:acme/HQ/D1 gives bob access.door.unlock'
BOB=$'allow\tgranted-by-role\taccess-site-manager at site:acme/HQ, organizations.d/acme.conf:14'

# The three outcomes
prints 0 "$ALLOW" '' "$DOORWARD" check alice access.door.unlock "$D1" "${WHEN[@]}"
prints 1 $'deny\tnot-permitted\tno role in force at door:acme/HQ/D1 gives carol access.door.unlock' '' \
    "$DOORWARD" check carol access.door.unlock "$D1" "${WHEN[@]}"
prints 1 $'deny\tunknown-subject\torganization:acme does not know nobody' '' \
    "$DOORWARD" check nobody access.door.unlock "$D1" "${WHEN[@]}"
prints 1 $'deny\tremote-unlock-disabled\t'"$GRANT: gives it, but remote unlock is switched off, "$'organizations.d/acme.conf:4' '' \
    "$DOORWARD" check alice access.door.unlock door:acme/HQ/D2 "${WHEN[@]}"
prints 0 $'allow\tdoor-access\t'"$LEVEL" '' "$DOORWARD" check alice access.door.enter "$D1" "${WHEN[@]}"
prints 3 $'error\tunknown-permission\tno catalogue declares access.door.open' '' \
    "$DOORWARD" check alice access.door.open "$D1" "${WHEN[@]}"
prints 3 $'error\tunknown-resource\tdoor:acme/HQ/D9 is not declared' '' \
    "$DOORWARD" check alice access.door.unlock door:acme/HQ/D9 "${WHEN[@]}"
prints 3 $'error\tunknown-resource\tdoor:beta/HQ/D1 is not declared' '' \
    "$DOORWARD" check alice access.door.unlock door:beta/HQ/D1 "${WHEN[@]}"
prints 3 $'error\tunknown-resource\taccess.door.unlock is not asked on a resource of type user' '' \
    "$DOORWARD" check alice access.door.unlock user:acme/bob "${WHEN[@]}"

# A malformed query is found before any name is looked up
while IFS='|' read -r words problem; do
    # shellcheck disable=SC2086 # words
    prints 3 $'error\tmalformed-query\t'"$problem" '' "$DOORWARD" check $words "${WHEN[@]}"
done <<'END'
alice|USER PERMISSION RESOURCE is expected
alice access.door.unlock|USER PERMISSION RESOURCE is expected
.alice access.door.unlock door:acme/HQ/D1|the user's name has a wrong form
al/ice access.door.unlock door:acme/HQ/D1|the user's name has a wrong form
alice access/door door:acme/HQ/D1|the permission's name has a wrong form
nobody nothing door:acme/HQ/D1 x|a word too many: KEY=VALUE is expected
nobody nothing gate:acme/HQ/D1|the type of the resource is unknown
nobody nothing acme/HQ/D1|a resource is written TYPE:ORGANIZATION[/PATH]
nobody nothing Door:acme/HQ/D1|the type of the resource is unknown
nobody nothing door:acme/HQ/../D1|names joined by '/' are expected behind the organization
nobody nothing door:acme//HQ/D1|names joined by '/' are expected behind the organization
nobody nothing door:acme/HQ/D1/|names joined by '/' are expected behind the organization
nobody nothing door:/HQ/D1|the name of the organization has a wrong form
nobody nothing door:acme/|the resource ends in '/'
nobody nothing door:../etc/passwd|the name of the organization has a wrong form
nobody nothing organization:acme/HQ|an organization has no path below it
nobody nothing door:acme/HQ/D1 colour=red|unknown key; there are with, private, active and code
nobody nothing door:acme/HQ/D1 active=yes|the value of a key is true or false
nobody nothing door:acme/HQ/D1 active=|the value of a key is true or false
nobody nothing door:acme/HQ/D1 active=TRUE|the value of a key is true or false
nobody nothing door:acme/HQ/D1 active=true active=true|a key is stated twice
nobody nothing door:acme/HQ/D1 private=true private=false|a key is stated twice
nobody nothing door:acme/HQ/D1 with=schedule:beta/x|a with= object is of another organization
nobody nothing door:acme/HQ/D1 with=|a resource is written TYPE:ORGANIZATION[/PATH]
END

# A start counts, an end does not; at the second
at() {
    run_split "$DOORWARD" check "${@:3}" --at "$2" "${HERE[@]}"
    steps=$((steps + 1))
    [[ ${OUT%%$'\t'*} == "$1" ]] || fail "${*:3} at $2 is not $1: $OUT $ERR"
}
UNLOCK=(access.door.unlock "$D1")
at deny 2026-05-31T23:59:59Z bob "${UNLOCK[@]}"
at allow 2026-06-01T00:00:00Z bob "${UNLOCK[@]}"
at allow 2026-06-01T01:59:59+02:00 alice access.live-event.view site:acme/HQ
at deny 2026-06-01T01:59:59+02:00 bob "${UNLOCK[@]}"
at allow 2026-06-01T02:00:00+02:00 bob "${UNLOCK[@]}"
at allow 2026-06-30T23:59:59Z bob "${UNLOCK[@]}"
at deny 2026-07-01T00:00:00Z bob "${UNLOCK[@]}"
at deny 2026-06-01T07:59:59Z alice "${UNLOCK[@]}"
at allow 2026-06-01T08:00:00Z alice "${UNLOCK[@]}"
at allow 2026-06-01T17:59:59Z alice "${UNLOCK[@]}"
at deny 2026-06-01T18:00:00Z alice "${UNLOCK[@]}"
at allow 2026-06-05T09:00:00Z alice "${UNLOCK[@]}"
at deny 2026-06-06T09:00:00Z alice "${UNLOCK[@]}"
at deny 1970-01-01T00:00:00Z bob "${UNLOCK[@]}"
at deny 9999-12-31T23:59:59Z bob "${UNLOCK[@]}"
prints 1 "$OFF" '' "$DOORWARD" check alice "${UNLOCK[@]}" --at 2026-06-01T18:00:00Z "${HERE[@]}"
prints 1 "$NONE" '' "$DOORWARD" check bob "${UNLOCK[@]}" --at 2026-07-01T00:00:00Z "${HERE[@]}"

# Hostile words: never an allow, never a crash, one clean line
long=$(printf 'a%.0s' {1..120000})
for word in "$long" $'a\nb' $'a\tb' $'\e[2J' $'\x7f' $'\xff\xfe' $'\xc3\xa9' $'a\xe2\x80\xae' '*' '..' \
    '//' '%s%n' "'; --" "\$(id)" ' alice' 'alice ' 'ALICE' 'alic' 'alicee' '-'; do
    for query in "$word|access.door.unlock|$D1" "alice|$word|$D1" "alice|access.door.unlock|$word" \
        "alice|access.door.unlock|door:$word" "alice|access.door.unlock|door:acme/$word" \
        "alice|access.door.unlock|$D1/$word" "alice|access.door.unlock|$D1|$word" \
        "alice|access.door.unlock|$D1|with=$word" "alice|access.door.unlock|$D1|active=$word"; do
        IFS='|' read -r -d '' -a words <<<"$query|"
        words[${#words[@]}-1]=${words[-1]%$'\n'}
        unset 'words[-1]'
        run_split "$DOORWARD" check "${WHEN[@]}" -- "${words[@]}"
        steps=$((steps + 1))
        [[ $RC == [13] && -z $ERR && $(wc -l <"$WORK/out") == 1 ]] ||
            fail "check ${query:0:200}: exit status $RC, ${OUT:0:500} ${ERR:0:500}"
        [[ $OUT =~ ^(deny|error)$'\t'[a-z-]+$'\t'[[:print:]]+$ ]] ||
            fail "check ${query:0:200}: ${OUT:0:500}"
    done
done
# ... and a mebibyte of them, which no single argument can hold
head -c 1048576 /dev/zero | tr '\0' a >"$WORK/mebibyte"
{
    printf 'alice access.door.unlock door:acme/'
    cat "$WORK/mebibyte"
    printf '\nalice access.door.unlock %s\n' "$D1"
} >"$WORK/batch"

# shellcheck disable=SC2120 # arguments come from prints and run_split
batch() {
    limited "$DOORWARD" check --batch "$WORK/batch" "${WHEN[@]}" "$@"
}
LONG=$'error\tmalformed-query\tthe query is too long'
NOTHING=$'error\tmalformed-query\tUSER PERMISSION RESOURCE is expected'
prints 3 "$LONG"$'\n'"$ALLOW" '' batch

# Line for line: blank ones, spaces, tabs, no end, carriage returns, NUL bytes
printf '%s\n' 'alice access.door.unlock door:acme/HQ/D1' '' '   ' 'bob access.door.unlock door:acme/HQ/D1' \
    '# a comment is no query' $'\talice \t access.door.unlock   door:acme/HQ/D1 \t' >"$WORK/batch"
printf 'carol access.door.unlock door:acme/HQ/D1' >>"$WORK/batch"
HASH=$'error\tmalformed-query\tthe user\'s name has a wrong form'
CAROL=$'deny\tnot-permitted\tno role in force at door:acme/HQ/D1 gives carol access.door.unlock'
prints 3 "$ALLOW"$'\n'"$NOTHING"$'\n'"$NOTHING"$'\n'"$BOB"$'\n'"$HASH"$'\n'"$ALLOW"$'\n'"$CAROL" '' batch
limited "$DOORWARD" check --batch - "${WHEN[@]}" <"$WORK/batch" >"$WORK/out" 2>"$WORK/err"
RC=$?
[[ $RC == 3 && ! -s $WORK/err && $(wc -l <"$WORK/out") == 7 ]] || fail "from standard input: $RC"
# shellcheck disable=SC2119
[[ $(batch 2>&1) == "$(<"$WORK/out")" ]] || fail 'standard input and file differ'

printf 'alice access.door.unlock door:acme/HQ/D1\r\nalice access.door.unlock door:acme/HQ/D1\n\r\n' \
    >"$WORK/batch"
PATHS=$'error\tmalformed-query\tnames joined by \'/\' are expected behind the organization'
prints 3 "$PATHS"$'\n'"$ALLOW"$'\n'"$NOTHING" '' batch
printf 'alice\0 access.door.unlock door:acme/HQ/D1\n\0\n\0\0\0\nalice access.door.unlock door:acme/HQ/D1\0\n' \
    >"$WORK/batch"
prints 3 "$HASH"$'\n'"$NOTHING"$'\n'"$NOTHING"$'\n'"$PATHS" '' batch
printf '\xff\xfe\x80 \xc0\x80 \xf5\n\e[2J access.door.unlock door:acme/HQ/D1\n' >"$WORK/batch"
prints 3 "$HASH"$'\n'"$HASH" '' batch

# The longest line that is a query, and one more byte
for size in 16384 16385; do
    printf "%-${size}s\n" 'alice access.door.unlock door:acme/HQ/D1' >"$WORK/batch"
    printf 'alice access.door.unlock door:acme/HQ/D1\n' >>"$WORK/batch"
    [[ $size == 16384 ]] && prints 0 "$ALLOW"$'\n'"$ALLOW" '' batch
    [[ $size == 16384 ]] || prints 3 "$LONG"$'\n'"$ALLOW" '' batch
done

# The exit status: every line decided, or not
printf '%s\n' 'alice access.door.unlock door:acme/HQ/D1' 'carol access.door.unlock door:acme/HQ/D1' \
    >"$WORK/batch"
prints 0 "$ALLOW"$'\n'"$CAROL" '' batch
printf 'alice access.door.open door:acme/HQ/D1\n' >>"$WORK/batch"
prints 3 "$ALLOW"$'\n'"$CAROL"$'\n'$'error\tunknown-permission\tno catalogue declares access.door.open' \
    '' batch
: >"$WORK/batch"
prints 0 '' '' batch
printf '\n' >"$WORK/batch"
prints 3 "$NOTHING" '' batch

# A thousand lines are a thousand answers in order
for ((i = 0; i < 1000; i++)); do
    case $((i % 4)) in
    0) printf 'alice access.door.unlock door:acme/HQ/D1\n' ;;
    1) printf 'carol access.door.unlock door:acme/HQ/D1\n' ;;
    2) printf 'u%d access.door.unlock door:acme/HQ/D1\n' "$i" ;;
    3) printf '\n' ;;
    esac
done >"$WORK/batch"
run_split batch
steps=$((steps + 1))
[[ $RC == 3 && $(wc -l <"$WORK/out") == 1000 ]] || fail "a thousand lines: $RC"
awk -F '\t' -v OFS='\t' '{
        n = NR - 1
        want = n % 4 == 0 ? "allow" : n % 4 == 3 ? "error" : "deny"
        if ($1 != want || (n % 4 == 2 && $3 != "organization:acme does not know u" n)) exit 1
    }' "$WORK/out" || fail 'an answer is not at its place'

# A batch that cannot be read
prints 3 '' "doorward check: $WORK/nowhere: No such file or directory" \
    "$DOORWARD" check --batch "$WORK/nowhere" "${WHEN[@]}"
run_split "$DOORWARD" check --batch "$WORK" "${WHEN[@]}"
[[ $RC == 3 && $ERR == "doorward check: $WORK: Is a directory" ]] || fail "a folder: $RC $ERR"
limited "$DOORWARD" check --batch - "${WHEN[@]}" <&- >"$WORK/out" 2>"$WORK/err"
[[ $? == 3 && ! -s $WORK/out && -s $WORK/err ]] || fail 'standard input closed'

# JSON: one document, or one a line, with the same answers
json() { "$JSON_LINES" decision reason detail <"$WORK/out"; }
printf '%s\n' 'alice access.door.unlock door:acme/HQ/D1' '' 'carol access.door.unlock door:acme/HQ/D1' \
    $'a\xff\e"\\b x y' >"$WORK/batch"
# shellcheck disable=SC2119
batch >"$WORK/text" 2>/dev/null
run_split batch --json
[[ $RC == 3 ]] || fail "--batch --json: $RC"
steps=$((steps + 1))
json >"$WORK/from-json" || fail 'no JSON'
cmp -s "$WORK/from-json" "$WORK/text" || fail "JSON and text differ: $(diff "$WORK/from-json" "$WORK/text")"
[[ $("$JSON_LINES" query <"$WORK/out" | tail -n 1) == '["a\\xff\\x1b\"\\\\b","x","y"]' ]] ||
    fail "the query in JSON: $("$JSON_LINES" query <"$WORK/out" | tail -n 1)"
for query in 'alice access.door.unlock door:acme/HQ/D1' 'carol access.door.unlock door:acme/HQ/D1' \
    'alice access.door.open door:acme/HQ/D1' 'alice'; do
    # shellcheck disable=SC2086 # words
    {
        run_split "$DOORWARD" check $query "${WHEN[@]}"
        text=$OUT status=$RC
        run_split "$DOORWARD" check --json $query "${WHEN[@]}"
    }
    steps=$((steps + 1))
    [[ $RC == "$status" && $(wc -l <"$WORK/out") == 1 ]] || fail "check --json $query: $RC"
    [[ $(json) == "$text" ]] || fail "check --json $query: $OUT"
done
pass 'check'
