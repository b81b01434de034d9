#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# What other systems skipped in silence, one part a report: here it is an error or a warning that
# names the place, or it counts. Then: asking changes nothing, and no way of writing a policy loses
# a part of it.
. "$(dirname "$0")/cli.sh"
cli_policy

# reports STATUS TEXT: validate ends so and prints that line (a pattern for the whole line).
reports() {
    run_split "$DOORWARD" validate "${WHEN[@]}"
    steps=$((steps + 1))
    [[ $RC == "$1" ]] || fail "validate ended with $RC, not $1: $OUT"
    grep -qxE -- "$2" <<<"$OUT" || fail "no line '$2' in: $OUT"
    [[ $1 != 3 ]] || undecided
}
undecided() {
    run_split "$DOORWARD" check bob access.door.unlock "$D1" "${WHEN[@]}"
    [[ $RC == 3 && -z $OUT ]] || fail "decided all the same: $RC $OUT"
}
decides() {
    local outcome=$1
    shift
    run_split "$DOORWARD" check "$@"
    steps=$((steps + 1))
    [[ ${OUT%%$'\t'*} == "$outcome" ]] || fail "$*: not $outcome: $OUT $ERR"
}
unlocks() { decides "$1" "$2" access.door.unlock "$D1" "${WHEN[@]}"; }

# ---- Files with a dot in their name, editors' and package managers' leftovers ----

for folder in . roles.d organizations.d organizations.d/acme.d tests.d; do
    mkdir -p "$POLICY/$folder"
    for name in doorward.conf~ .acme.conf.swp acme.conf.bak acme.conf.dpkg-old acme.conf.rpmsave \
        '#acme.conf#' acme.CONF acme.txt README acme,conf 'a b.conf.orig'; do
        printf 'nonsense {{{' >"$POLICY/$folder/$name"
        place=$folder/$name
        reports 0 "${place#./}:1: warning: .*not read: .*"
        unlocks allow bob
        rm "$POLICY/$folder/$name"
    done
    mkdir "$POLICY/$folder/folder"
    place=$folder/folder
    reports 0 "${place#./}:1: warning: .*not read: .*"
    rmdir "$POLICY/$folder/folder"
done
unlocks deny dora
for name in 10.dora .dora zz-dora.old; do
    policy_write "organizations.d/acme.d/$name.conf" \
        'users = ( { name = "dora"; roles = ( { role = "access-site-manager"; site = "HQ"; } ); } );'
    unlocks allow dora
    rm "$POLICY/organizations.d/acme.d/$name.conf"
done

# ---- A malformed line; a file with a syntax error ----

cli_policy
for file in doorward.conf organizations.d/acme.d/users.conf roles.d/mine.conf tests.d/mine.conf \
    organizations.d/beta.conf; do
    policy_write "$file" 'users = ( );' 'this is no line;' 'groups = ( );'
    reports 3 "$file:3: error: .*"
    rm "$POLICY/$file"
done
printf 'users = ( { name = "x"; } );\n)\n' >>"$POLICY/organizations.d/acme.conf"
reports 3 'organizations.d/acme.conf:[0-9]+: error: .*'

# ---- An empty rule set ----

rm -r "$POLICY"
mkdir -p "$POLICY/organizations.d"
reports 3 'organizations.d:1: error: an empty policy: no organization'
: >"$POLICY/organizations.d/acme.conf"
reports 3 'organizations.d/acme.conf:1: error: missing key "organization".*'
policy_write organizations.d/acme.conf 'organization = { name = "acme"; };'
reports 0 "$POLICY: 0 errors, [0-9]+ warnings?"
decides deny bob org.user-list.view organization:acme "${WHEN[@]}" 2>/dev/null ||
    decides error bob access.door.unlock "$D1" "${WHEN[@]}"

# ---- A second policy in one file, all but the last import ----

cli_policy
sed -i '$a organization = { name = "beta"; };' "$POLICY/organizations.d/acme.conf"
reports 3 'organizations.d/acme.conf:[0-9]+: error: a setting that stands above already.*'
cli_policy
policy_write organizations.d/acme.d/other.conf 'organization = { name = "acme"; };'
reports 3 'organizations.d/acme.d/other.conf:2: error: only acme.conf may hold "organization".*'
rm "$POLICY/organizations.d/acme.d/other.conf"
sed 's/"acme"/"beta"/' "$POLICY/organizations.d/acme.conf" >"$POLICY/organizations.d/gamma.conf"
reports 3 'organizations.d/gamma.conf:2: error: the organization of this file is "gamma".*'
mv "$POLICY/organizations.d/gamma.conf" "$POLICY/organizations.d/beta.conf"
decides allow bob access.door.unlock door:beta/HQ/D1 "${WHEN[@]}"
unlocks allow bob
rm "$POLICY/organizations.d/beta.conf"
mkdir "$POLICY/organizations.d/beta.d"
reports 3 'organizations.d/beta.d:1: error: fragments of an organization that has no .conf file'
rmdir "$POLICY/organizations.d/beta.d"
for name in a b c d; do
    policy_write "organizations.d/acme.d/$name.conf" \
        "users = ( { name = \"$name\"; roles = ( { role = \"access-site-manager\"; site = \"HQ\"; } ); } );"
done
for name in a b c d bob; do unlocks allow $name; done

# ---- What is not understood yet ----

cli_policy
for key in areas anti_passback; do
    policy_write organizations.d/acme.d/later.conf "$key = ( );"
    reports 3 "organizations.d/acme.d/later.conf:2: error: \"$key\" is not supported yet"
done
for key in calendar calendars holidays; do
    policy_write organizations.d/acme.d/later.conf \
        'schedules = ( { name = "s"; weekly = ( { days = [ "mon" ]; from = "08:00"; to = "09:00"; } );' \
        "$key = [ ]; } );"
    reports 3 "organizations.d/acme.d/later.conf:3: error: \"$key\" does not stand in a schedule: days stand in \"access_exceptions\" or \"door_exceptions\", which may name \"calendars\""
done
rm "$POLICY/organizations.d/acme.d/later.conf"

# ---- Problems of a kind that was not asked for ----

policy_write organizations.d/acme.d/all.conf \
    'users = ( { name = "x"; uid = 61184; roles = ( { role = "access-site-none"; site = "HQ"; } ); } );' \
    'groups = ( { name = "g"; roles = ( { role = "access-site-viewer"; } ); } );' \
    'floorplans = ( { name = "f"; doors = [ "HQ/D8" ]; } );'
reports 3 'organizations.d/acme.d/all.conf:2: warning: uid 61184 .*'
reports 3 'organizations.d/acme.d/all.conf:3: error: role "access-site-viewer" .* needs "site"'
reports 3 'organizations.d/acme.d/all.conf:4: error: there is no door "HQ/D8".*'
rm "$POLICY/organizations.d/acme.d/all.conf"

# ---- Results past a limit ----

{
    printf 'access_groups = ( { name = "all"; } );\n'
    printf 'access_levels = ( { name = "all"; doors = [ "HQ/D1" ]; access_groups = [ "all" ]; } );\n'
    printf 'users = ( { name = "u0"; }'
    for ((i = 1; i <= 20000; i++)); do printf ',\n{ name = "u%d"; access_groups = [ "all" ]; }' "$i"; done
    printf ' );\nsites = ( { name = "Far"; doors = ( { name = "d0"; }'
    for ((i = 1; i <= 3000; i++)); do printf ',\n{ name = "d%d"; }' "$i"; done
    printf ' ); } );\n'
} >"$POLICY/organizations.d/acme.d/many.conf"
run_split "$DOORWARD" who-can access.door.enter "$D1" "${WHEN[@]}"
steps=$((steps + 1))
[[ $RC == 0 && $(wc -l <"$WORK/out") == 20001 && $(sort -u "$WORK/out" | wc -l) == 20001 ]] ||
    fail "who-can is not complete: $(wc -l <"$WORK/out")"
run_split "$DOORWARD" what-can olga "${WHEN[@]}"
[[ $RC == 0 && $(grep -c '^access.door.unlock door:acme/Far/' "$WORK/out") == 3001 ]] ||
    fail "what-can is not complete: $(grep -c '^access.door.unlock door:acme/Far/' "$WORK/out")"
{
    printf 'users = ( { name = "v0"; groups = [ "desk" ]; }'
    for ((i = 1; i <= 12000; i++)); do printf ',\n{ name = "v%d"; groups = [ "no%d" ]; }' "$i" "$i"; done
    printf ' );\n'
} >"$POLICY/organizations.d/acme.d/wrong.conf"
run_split "$DOORWARD" validate "${WHEN[@]}"
steps=$((steps + 1))
[[ $RC == 3 && ${OUT##*$'\n'} == "$POLICY: 12000 errors, 0 warnings" ]] || fail "errors: ${OUT##*$'\n'}"
[[ $(grep -c ': error: ' "$WORK/out") == 10000 && $OUT == *$'\n2000 more are not shown '* ]] ||
    fail "errors are missing without a word: $(tail -n 3 "$WORK/out")"
rm "$POLICY/organizations.d/acme.d/wrong.conf" "$POLICY/organizations.d/acme.d/many.conf"

# ---- An unknown verb, an unknown name ----

decides error bob access.door.open "$D1" "${WHEN[@]}"
decides error bob unlock "$D1" "${WHEN[@]}"
decides error bob access.door.unlock door:acme/HQ/D3 "${WHEN[@]}"
decides deny bobb access.door.unlock "$D1" "${WHEN[@]}"
decides deny bo access.door.unlock "$D1" "${WHEN[@]}"
decides error bob access.door-schedule.apply "$D1" with=schedul:acme/day "${WHEN[@]}"
decides deny bob access.door-schedule.apply "$D1" with=schedule:acme/days "${WHEN[@]}"
decides allow bob access.door-schedule.apply "$D1" with=schedule:acme/day "${WHEN[@]}"
for verb in 'tests = ( { query = "bob unlock door:acme/HQ/D1"; at = "2026-06-01T09:00:00Z"; expect = "allow"; } );' \
    'tests = ( { who_can = "unlock door:acme/HQ/D1"; at = "2026-06-01T09:00:00Z"; users = [ ]; } );'; do
    policy_write tests.d/verb.conf "$verb"
    run_split "$DOORWARD" test "${HERE[@]}"
    steps=$((steps + 1))
    [[ $RC == 1 && $OUT == *'tests.d/verb.conf:2: '* ]] || fail "a test of an unknown verb: $RC $OUT"
done
rm "$POLICY/tests.d/verb.conf"
policy_write doorward.conf 'host = "acme/HQ/gw-1"; break_glass = [ "rescue" ];' \
    'sessions = ( { services = [ "sshd" ]; permission = "unlock"; } );'
reports 3 'doorward.conf:3: error: there is no permission "unlock".*'
rm "$POLICY/doorward.conf"

# ---- What is missing at the start ----

for missing in --policy --roles; do
    run_split "$DOORWARD" check bob access.door.unlock "$D1" --policy "$POLICY" --roles "$ROLES" \
        --state "$STATE" --at "$AT"
    [[ $RC == 0 ]] || fail "the policy is not sound: $ERR"
    options=(--policy "$POLICY" --roles "$ROLES" --state "$STATE")
    for i in 0 2; do [[ ${options[i]} != "$missing" ]] || options[i + 1]=$WORK/missing; done
    run_split "$DOORWARD" check bob access.door.unlock "$D1" "${options[@]}"
    steps=$((steps + 1))
    [[ $RC == 3 && -z $OUT && $ERR == *"$WORK/missing:1: error: "* ]] || fail "$missing: $RC $OUT $ERR"
done

# ---- Grants that have ended, or not begun ----

policy_write organizations.d/acme.d/time.conf 'users = (' \
    '{ name = "both"; roles = ( { role = "access-site-manager"; site = "HQ"; from = "2026-06-01T00:00:00Z"; until = "2026-06-02T00:00:00Z"; } ); },' \
    '{ name = "from"; roles = ( { role = "access-site-manager"; site = "HQ"; from = "2026-06-01T00:00:00Z"; } ); },' \
    '{ name = "until"; roles = ( { role = "access-site-manager"; site = "HQ"; until = "2026-06-02T00:00:00Z"; } ); },' \
    '{ name = "twice"; roles = ( { role = "access-site-manager"; site = "HQ"; until = "2026-06-01T00:00:00Z"; },' \
    '                            { role = "access-site-manager"; site = "HQ"; from = "2026-06-02T00:00:00Z"; } ); } );'
while read -r user before within after; do
    decides "$before" "$user" access.door.unlock "$D1" "${HERE[@]}" --at 2026-05-31T23:59:59Z
    decides "$within" "$user" access.door.unlock "$D1" "${HERE[@]}" --at 2026-06-01T00:00:00Z
    decides "$within" "$user" access.door.unlock "$D1" "${HERE[@]}" --at 2026-06-01T23:59:59Z
    decides "$after" "$user" access.door.unlock "$D1" "${HERE[@]}" --at 2026-06-02T00:00:00Z
done <<'END'
both deny allow deny
from deny allow allow
until allow allow deny
twice allow deny allow
END
policy_write organizations.d/acme.d/time.conf 'users = ( { name = "u"; roles = (' \
    '{ role = "access-site-manager"; site = "HQ"; from = "2026-06-02T00:00:00Z"; until = "2026-06-01T00:00:00Z"; } ); } );'
reports 3 'organizations.d/acme.d/time.conf:3: error: the interval ends .* before it starts .*'
rm "$POLICY/organizations.d/acme.d/time.conf"

# ---- Asking changes nothing ----

cli_policy
policy_write doorward.conf 'host = "acme/HQ/gw-1"; break_glass = [ "rescue" ];' \
    'sessions = ( { services = [ "sshd" ]; role = "access-site-manager"; } );'
everything() { find "$POLICY" "$ROLES" "$STATE" -printf '%p %m %U %s %T@ %C@\n' | sort; }
before=$(everything)
printf 'alice access.door.unlock door:acme/HQ/D1\n' >"$WORK/batch"
for command in "check bob access.door.unlock $D1" "check --batch $WORK/batch" \
    "explain bob access.door.unlock $D1" validate "who-can access.door.unlock $D1" 'what-can bob' test \
    roles 'roles access-site-viewer'; do
    # shellcheck disable=SC2086 # words
    run_split "$DOORWARD" $command "${WHEN[@]}"
    [[ $RC == 0 ]] || fail "$command: $RC $OUT $ERR"
    first=$OUT
    # shellcheck disable=SC2086 # words
    run_split "$DOORWARD" $command "${WHEN[@]}"
    steps=$((steps + 1))
    [[ $OUT == "$first" ]] || fail "$command does not repeat itself"
    [[ $(everything) == "$before" ]] || fail "$command changed something"
done

# ---- No way of writing it loses a part ----

answers_of() {
    local user
    for user in alice bob carol olga; do
        "$DOORWARD" what-can $user "${WHEN[@]}" | sed "s/^/$user /"
    done | sort
}
wanted=$(answers_of)
(($(wc -l <<<"$wanted") > 50)) || fail "too little is allowed: $wanted"
same() {
    steps=$((steps + 1))
    [[ $(answers_of) == "$wanted" ]] || fail "$1: $(diff <(answers_of) <(printf '%s\n' "$wanted") | head)"
}
# Each list in a fragment of its own, in any order of names
acme=$POLICY/organizations.d/acme.conf
kept=$(<"$acme")
parts=(access_groups schedules access_levels users groups)
for order in '0 1 2 3 4' '4 3 2 1 0'; do
    mkdir -p "$POLICY/organizations.d/acme.d"
    n=0
    for i in $order; do
        n=$((n + 1))
        awk -v key="^${parts[i]} " '$0 ~ key { on = 1 } on && /^[a-z_]+ / && $0 !~ key { on = 0 } on' \
            <<<"$kept" >"$POLICY/organizations.d/acme.d/$n.conf"
    done
    awk '/^organization / { on = 1 } /^[a-z_]+ / { on = /^(organization|sites) / } on' <<<"$kept" >"$acme"
    same "fragments in the order $order"
    rm -r "$POLICY/organizations.d/acme.d"
    printf '%s\n' "$kept" >"$acme"
done
# Other line ends, no line ends, comments everywhere, other separators
# shellcheck disable=SC2001
sed 's/$/\r/' <<<"$kept" >"$acme"
same 'carriage returns'
sed '/^#/d' <<<"$kept" | tr '\n' ' ' >"$acme"
same 'one line without an end'
sed 's/;/; \/* ; } ) *\/ /g; s/$/ \/\/ " { ( ;/' <<<"$kept" >"$acme"
same 'comments'
sed 's/ = / : /g; s/; }/ }/g' <<<"$kept" >"$acme"
same 'other separators'
# Said twice, by a group and by the user himself, is said once
# shellcheck disable=SC2001
sed 's/{ name = "olga";/{ name = "olga"; groups = [ "desk", "desk" ];/' <<<"$kept" >"$acme"
same 'a role below one that is held already'
pass 'nothing is silently ignored'
