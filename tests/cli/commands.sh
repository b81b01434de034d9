#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# explain, validate, who-can, what-can, test and roles: what they print, as text and as JSON, and
# that all of them say the same as check.
. "$(dirname "$0")/cli.sh"
cli_policy
GRANT='access-site-viewer at site:acme/HQ by group:acme/desk, organizations.d/acme.conf:6'

# holds TEXT: the output has that line.
holds() {
    steps=$((steps + 1))
    grep -qxF -- "$1" <<<"$OUT" || fail "no line '$1' in: $OUT"
}

# ---- explain ----

# The first line is that of check, the status is its status; nothing is said twice
for query in "alice access.door.unlock $D1" "alice access.door.unlock door:acme/HQ/D2" \
    "carol access.door.unlock $D1" "nobody access.door.unlock $D1" "olga access.door.unlock $D1" \
    "bob access.level.update site:acme/HQ" 'alice access.door.enter door:acme/HQ/D1' \
    'alic access.door.unlock door:acme/HQ/D1' 'alice access.door.unlok door:acme/HQ/D1' \
    'alice access.door.unlock door:acme/HQ/D9' 'alice access.door.unlock' \
    'alice access.roll-call-person.mark site:acme/HQ with=roll-call:acme/HQ/R1' \
    'alice access.user.delete user:acme/alice'; do
    # shellcheck disable=SC2086 # words
    run_split "$DOORWARD" check $query "${WHEN[@]}"
    line=$OUT status=$RC
    # shellcheck disable=SC2086 # words
    run_split "$DOORWARD" explain $query "${WHEN[@]}"
    steps=$((steps + 1))
    [[ $RC == "$status" && ${OUT%%$'\n'*} == "$line" && -z $ERR ]] || fail "explain $query: $OUT $ERR"
    detail=${line##*$'\t'}
    [[ $(grep -cF -- "$detail" <<<"$OUT") == 1 || $status == 0 ]] || fail "said twice: $OUT"
    [[ -z $(grep -v '^$' <<<"$OUT" | sort | uniq -d) ]] || fail "a line twice: $OUT"
    ((status != 1)) || grep -qE '^(The smallest change|No role, access or date)' <<<"$OUT" ||
        fail "explain $query names no way out: $OUT"
    # shellcheck disable=SC2086 # words
    run_split "$DOORWARD" explain --json $query "${WHEN[@]}"
    [[ $RC == "$status" && $("$JSON_LINES" decision reason detail <"$WORK/out") == "$line" ]] ||
        fail "explain --json $query: $OUT"
    [[ $("$JSON_LINES" explanation <"$WORK/out") != - ]] || fail "no explanation: $OUT"
done

# An allow: user, group, grant, role, permission, site, each where it stands
run_split "$DOORWARD" explain alice access.door.unlock "$D1" "${WHEN[@]}"
holds '  user        user:acme/alice, organizations.d/acme.conf:12'
holds '  group       group:acme/desk, organizations.d/acme.conf:5'
holds "  grant       $GRANT"
grep -qE '^  role        access-site-viewer \(.*\), .*access\.conf:[0-9]+$' <<<"$OUT" || fail "$OUT"
grep -qE '^  permission  access\.door\.unlock \(.*\), .*access\.conf:[0-9]+$' <<<"$OUT" || fail "$OUT"
holds '  site        site:acme/HQ'
holds '  door access access-level:acme/doors, on now by the schedule day, organizations.d/acme.conf:10'
# A denial: the nearest misses, and the smallest change
run_split "$DOORWARD" explain alice access.level.update site:acme/HQ "${WHEN[@]}"
holds "  - $GRANT: does not give it; access-site-manager does"
holds '  - give alice the role access-site-manager at site:acme/HQ'
run_split "$DOORWARD" explain bob access.level.update site:acme/HQ "${HERE[@]}" --at 2026-07-01T00:00:00Z
holds '  - access-site-manager at site:acme/HQ, organizations.d/acme.conf:14: ended 2026-07-01T00:00:00Z'
run_split "$DOORWARD" explain alic access.door.unlock "$D1" "${WHEN[@]}"
holds 'Did you mean user:acme/alice?'
run_split "$DOORWARD" explain alice access.door.unlok "$D1" "${WHEN[@]}"
holds 'Did you mean access.door.unlock?'
run_split "$DOORWARD" explain alice access.door.unlock door:acme/HQ/D9 "${WHEN[@]}"
grep -qE '^Did you mean door:acme/HQ/D[12]\?$' <<<"$OUT" || fail "no suggestion: $OUT"

# ---- who-can and what-can ----

prints 0 $'alice\nbob\nolga' '' "$DOORWARD" who-can access.door.unlock "$D1" "${WHEN[@]}"
# What decided, in the words of check
VIA=$(for user in alice bob olga; do
    printf '%s\t' "$user"
    "$DOORWARD" check "$user" access.door.unlock "$D1" "${WHEN[@]}" | cut -f3
done)
[[ $VIA == $'alice\t'"$GRANT; "*$'\nbob\t'*'organizations.d/acme.conf:14'$'\nolga\t'*'organizations.d/acme.conf:17' ]] ||
    fail "what decided: $VIA"
prints 0 "$VIA" '' \
    "$DOORWARD" who-can access.door.unlock "$D1" --via "${WHEN[@]}"
prints 0 'alice' '' "$DOORWARD" who-can access.door.enter "$D1" "${WHEN[@]}"
prints 0 '' '' "$DOORWARD" who-can access.door.unlock door:acme/HQ/D2 "${WHEN[@]}"
prints 0 'olga' '' "$DOORWARD" who-can access.door.unlock "$D1" "${HERE[@]}" --at 2026-07-01T20:00:00Z
run_split "$DOORWARD" who-can access.door.unlock "$D1" --via --json "${WHEN[@]}"
[[ $("$JSON_LINES" user via <"$WORK/out") == "$("$DOORWARD" who-can access.door.unlock "$D1" --via "${WHEN[@]}")" ]] ||
    fail "who-can --json: $OUT"
prints 3 '' 'doorward who-can: unknown-permission: No catalogue declares this permission.' \
    "$DOORWARD" who-can access.door.open "$D1" "${WHEN[@]}"
for resource in door:acme/HQ/D9 door:beta/HQ/D1 user:acme/bob; do
    run_split "$DOORWARD" who-can access.door.unlock "$resource" "${WHEN[@]}"
    steps=$((steps + 1))
    [[ $RC == 3 && -z $OUT && $ERR == 'doorward who-can: unknown-resource: '* ]] ||
        fail "who-can at $resource: $RC $OUT $ERR"
done
for words in "acc/ess $D1" 'access.door.unlock door:acme/HQ/..' 'access.door.unlock acme/HQ/D1' \
    $'a\e[2J '"$D1"; do
    # shellcheck disable=SC2086 # words
    run_split "$DOORWARD" who-can $words "${WHEN[@]}"
    steps=$((steps + 1))
    [[ $RC == 3 && -z $OUT && $ERR == 'doorward who-can: malformed-query: '* && $ERR != *$'\e'* ]] ||
        fail "who-can $words: $RC $OUT $ERR"
done

run_split "$DOORWARD" what-can alice "$D1" "${WHEN[@]}"
[[ $RC == 0 && -z $ERR ]] || fail "what-can: $RC $ERR"
holds access.door.unlock
holds access.door.enter
[[ $OUT != *' '* ]] || fail "what-can with a resource prints more than permissions: $OUT"
run_split "$DOORWARD" what-can alice "${WHEN[@]}"
holds "access.door.unlock $D1"
holds "access.live-event.view site:acme/HQ"
grep -qvE '^[a-z0-9.-]+ [a-z-]+:acme(/[A-Za-z0-9/_-]+)?$' <<<"$OUT" && fail "what-can: $OUT"
run_split "$DOORWARD" what-can alice "$D1" --via "${WHEN[@]}"
for permission in access.door.unlock access.door.enter; do
    holds "$permission"$'\t'"$("$DOORWARD" check alice "$permission" "$D1" "${WHEN[@]}" | cut -f3)"
done
"$DOORWARD" what-can alice --via "${WHEN[@]}" | tr ' ' '\t' | cut -f1-2 >"$WORK/text"
run_split "$DOORWARD" what-can alice --via --json "${WHEN[@]}"
"$JSON_LINES" permission resource <"$WORK/out" | cmp -s - "$WORK/text" || fail "what-can --json: $OUT"
# Without a role somebody has what every member has
prints 0 "$(printf '%s organization:acme\n' org.organization.login org.organization.view \
    org.own-notification.configure org.own-2fa.set
    printf '%s user:acme/carol\n' org.own-notification.configure org.own-2fa.set)" '' \
    "$DOORWARD" what-can carol "${WHEN[@]}"
prints 0 '' 'doorward what-can: no organization lists a user alic' "$DOORWARD" what-can alic "${WHEN[@]}"
for words in 'al/ice' $'alice\e[2J' "alice door:acme/HQ/.." 'alice D1'; do
    # shellcheck disable=SC2086 # words
    run_split "$DOORWARD" what-can $words "${WHEN[@]}"
    steps=$((steps + 1))
    [[ $RC == 3 && -z $OUT && $ERR == 'doorward what-can: malformed-query: '* && $ERR != *$'\e'* ]] ||
        fail "what-can $words: $RC $OUT $ERR"
done
prints 3 '' "doorward what-can: unknown-resource: The resource is not declared, or the permission is not asked on its kind." \
    "$DOORWARD" what-can alice door:acme/HQ/D9 "${WHEN[@]}"

# Every line that the reviews print is an allow of check, and every allow of check is such a line
for user in alice bob carol olga; do
    "$DOORWARD" what-can $user "${WHEN[@]}" | LC_ALL=C sort >"$WORK/may"
    sed -n 's/^ *{ *name = "\([a-z0-9.-]*\)"; *scope.*/\1/p' "$ROLES/permissions.conf" >"$WORK/permissions"
    (($(wc -l <"$WORK/permissions") > 50)) || fail 'too few permissions were found'
    for resource in organization:acme site:acme/HQ "$D1" door:acme/HQ/D2 host:acme/HQ/gw-1 \
        user:acme/alice user:acme/bob user:acme/carol user:acme/olga group:acme/desk access-group:acme/staff; do
        sed "s|^|$user |; s|\$| $resource|" "$WORK/permissions"
    done >"$WORK/batch"
    "$DOORWARD" check --batch "$WORK/batch" "${WHEN[@]}" >"$WORK/answers"
    [[ $(wc -l <"$WORK/answers") == "$(wc -l <"$WORK/batch")" ]] || fail 'answers are missing'
    paste -d ' ' "$WORK/batch" "$WORK/answers" | sed -n 's/^[a-z]* \([^ ]* [^ ]*\) allow.*/\1/p' |
        LC_ALL=C sort >"$WORK/allowed"
    steps=$((steps + 1))
    cmp -s "$WORK/may" "$WORK/allowed" || fail "$user: $(diff "$WORK/may" "$WORK/allowed" | head)"
    # ... and who-can names him there
    for resource in "$D1" door:acme/HQ/D2; do
        "$DOORWARD" who-can access.door.unlock "$resource" "${WHEN[@]}" | grep -qx $user
        listed=$?
        "$DOORWARD" check $user access.door.unlock "$resource" "${WHEN[@]}" >/dev/null
        [[ $? == "$listed" ]] || fail "who-can and check differ about $user at $resource"
    done
done

# ---- validate ----

prints 0 "$POLICY: 0 errors, 0 warnings" '' "$DOORWARD" validate "${WHEN[@]}"
run_split "$DOORWARD" validate "${HERE[@]}" --at 2027-01-01T00:00:00Z
[[ $RC == 0 && $OUT == 'organizations.d/acme.conf:14: warning: '*ended*$'\n'"$POLICY: 0 errors, 1 warning" ]] ||
    fail "a warning: $RC $OUT"
sed -i 's/access-site-viewer/access-site-vewer/; s/"HQ\/D2"/"HQ\/D7"/' "$POLICY/organizations.d/acme.conf"
run_split "$DOORWARD" validate "${WHEN[@]}"
[[ $RC == 3 && -z $ERR && ${OUT##*$'\n'} == "$POLICY: 2 errors, 0 warnings" ]] || fail "two errors: $RC $OUT"
holds 'organizations.d/acme.conf:6: error: there is no role "access-site-vewer"; did you mean "access-site-viewer"?'
grep -q '^organizations.d/acme.conf:10: error: there is no door "HQ/D7"' <<<"$OUT" || fail "$OUT"
run_split "$DOORWARD" validate "${WHEN[@]}" --json
[[ $RC == 3 && $("$JSON_LINES" errors warnings <"$WORK/out") == $'2\t0' ]] || fail "validate --json: $OUT"
[[ $OUT == *'{"file":"organizations.d/acme.conf","line":6,"severity":"error","text":"there is no role'* ]] ||
    fail "validate --json: $OUT"
# Nothing decides by a policy with errors; each says why, and that it decides nothing
for command in "check alice access.door.unlock $D1" "explain alice access.door.unlock $D1" \
    "who-can access.door.unlock $D1" 'what-can alice' test roles 'roles access-site-viewer' \
    "check --json alice access.door.unlock $D1" 'check --batch -'; do
    # shellcheck disable=SC2086 # words
    run_split "$DOORWARD" $command "${WHEN[@]}"
    steps=$((steps + 1))
    [[ $RC == 3 && -z $OUT && $ERR == *'acme.conf:6: error: '*'acme.conf:10: error: '*'has errors: nothing can be decided' ]] ||
        fail "$command on a broken policy: $RC $OUT $ERR"
done

# ---- test ----

cli_policy
prints 0 '1 passed, 0 failed' '' "$DOORWARD" test "${HERE[@]}"
prints 0 '{"passed":1,"failed":0}' '' "$DOORWARD" test --json "${HERE[@]}"
policy_write tests.d/wrong.conf \
    'tests = ( { query = "alice access.door.unlock door:acme/HQ/D1";' \
    '            at = "2026-06-01T09:00:00Z"; expect = "deny"; },' \
    '          { query = "alice access.door.unlock door:acme/HQ/D1";' \
    '            at = "2026-06-01T19:00:00Z"; expect = "deny"; reason = "suspended"; },' \
    '          { who_can = "access.door.unlock door:acme/HQ/D1"; at = "2026-06-01T09:00:00Z";' \
    '            users = [ "alice", "carol" ]; },' \
    '          { query = "alice access.door.unlock"; at = "2026-06-01T09:00:00Z"; expect = "allow"; },' \
    '          { who_can = "access.door.open door:acme/HQ/D1"; at = "2026-06-01T09:00:00Z"; users = [ ]; } );'
run_split "$DOORWARD" test "${HERE[@]}"
[[ $RC == 1 && ${OUT##*$'\n'} == '1 passed, 5 failed' ]] || fail "failing tests: $RC $OUT $ERR"
for line in 2 4 6 8 9; do
    grep -q "^tests.d/wrong.conf:$line: " <<<"$OUT" || fail "no word of line $line: $OUT"
done
# The complete list: whoever is missing and whoever is too many is named
grep -E '^tests.d/wrong.conf:6: ' <<<"$OUT" | grep -q bob || fail "bob is not named: $OUT"
grep -E '^tests.d/wrong.conf:6: ' <<<"$OUT" | grep -q carol || fail "carol is not named: $OUT"
run_split "$DOORWARD" test --json "${HERE[@]}"
[[ $RC == 1 && $OUT == '{"passed":1,"failed":5}' && $ERR == *'tests.d/wrong.conf:2: '* ]] ||
    fail "test --json: $RC $OUT $ERR"
rm -r "$POLICY/tests.d"
prints 0 '0 passed, 0 failed' 'doorward test: there is no test in tests.d' "$DOORWARD" test "${HERE[@]}"

# ---- roles ----

run_split "$DOORWARD" roles "${HERE[@]}"
[[ $RC == 0 && -z $ERR ]] || fail "roles: $RC $ERR"
grep -qE '^access-site-viewer +site +1 +user,group +Access Site Viewer$' <<<"$OUT" || fail "roles: $OUT"
text=$(tail -n +2 <<<"$OUT" | awk '{ print $1, $2, $3, $4 }')
run_split "$DOORWARD" roles --json "${HERE[@]}"
[[ $("$JSON_LINES" role level rank holders <"$WORK/out" | tr '\t' ' ') == "$text" ]] || fail "roles --json: $OUT"
run_split "$DOORWARD" roles access-site-manager "${HERE[@]}"
[[ $RC == 0 && -z $ERR ]] || fail "roles ROLE: $RC $ERR"
grep -qE '^access\.door\.unlock +door +-$' <<<"$OUT" || fail "roles ROLE: $OUT"
text=$(sed -n '/^PERMISSION/,$ { s/^\([a-z-]*\.[a-z.-]*\) .*/\1/p }' <<<"$OUT")
run_split "$DOORWARD" roles --json access-site-manager "${HERE[@]}"
[[ $("$JSON_LINES" permission <"$WORK/out" | grep -v '^-$') == "$text" ]] || fail "roles ROLE --json: $OUT"
prints 3 '' "doorward roles: there is no role 'access-site'; \`doorward roles\` lists all" \
    "$DOORWARD" roles access-site "${HERE[@]}"
pass 'commands'
