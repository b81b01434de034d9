#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Changing who holds what: as a question (check, explain, a batch), and as commands whose wrong use
# is told before anything is asked; what a role is in an organization; assignments below --state.
. "$(dirname "$0")/cli.sh"

# changes_policy: ada is Org Admin, sam Access System Admin, bob a viewer at HQ, eve has no role.
changes_policy() {
    rm -rf "$POLICY" "$STATE/assignments"
    policy_write organizations.d/acme.conf \
        'organization = { name = "acme"; };' \
        'sites = ( { name = "HQ"; } );' \
        'entities = [ "plates", "cameras" ];' \
        'roles = ( { name = "clerk"; title = "Plate clerk"; description = "Reads plates.";' \
        '            entities = ( { entity = "plates"; actions = [ "read", "update" ]; } ); } );' \
        'customizations = (' \
        '  { role = "camera-site-viewer"; add = [ "camera.live-link.share" ];' \
        '    remove = [ "camera.archive.create" ]; } );' \
        'groups = ( { name = "desk"; roles = ( { role = "access-site-viewer"; site = "HQ"; } ); } );' \
        'users = ( { name = "ada"; roles = ( { role = "org-admin"; } ); },' \
        '          { name = "sam"; roles = ( { role = "access-system-admin"; } ); },' \
        '          { name = "bob"; roles = ( { role = "camera-site-viewer"; site = "HQ"; } ); },' \
        '          { name = "eve"; } );'
}
changes_policy
BOB=user:acme/bob

# ---- As a question: the second word says which ----

# decides STATUS OUTCOME REASON WORD...: check, explain and a batch agree.
decides() {
    local status=$1 outcome=$2 reason=$3 line
    shift 3
    run_split "$DOORWARD" check "$@" "${WHEN[@]}"
    steps=$((steps + 1))
    line=${OUT%%$'\n'*}
    [[ $RC == "$status" && $line == "$outcome"$'\t'"$reason"$'\t'* && -z $ERR ]] ||
        fail "check $*: $RC $OUT $ERR"
    run_split "$DOORWARD" explain "$@" "${WHEN[@]}"
    [[ $RC == "$status" && ${OUT%%$'\n'*} == "$line" ]] || fail "explain $*: $RC $OUT $ERR"
    printf '%s\n' "$*" >"$WORK/batch"
    run_split "$DOORWARD" check --batch "$WORK/batch" "${WHEN[@]}"
    [[ $OUT == "$line" ]] || fail "a batch of $*: $OUT $ERR"
}
decides 0 allow granted-by-role sam grant access-site-viewer@acme/HQ "$BOB"
decides 0 allow granted-by-role sam grant access-site-viewer@acme/HQ user:acme/eve
decides 1 deny not-permitted eve grant access-site-viewer@acme/HQ "$BOB"
decides 1 deny self-grant sam grant access-site-viewer@acme/HQ user:acme/sam
decides 1 deny wrong-level sam grant access-site-viewer "$BOB"
decides 1 deny no-change sam revoke access-site-viewer@acme/HQ "$BOB"
decides 0 allow granted-by-role sam revoke access-site-viewer@acme/HQ group:acme/desk
decides 1 deny no-change ada migrate "$BOB" with=access-user-manager
decides 0 allow granted-by-role sam add-member "$BOB" with=group:acme/desk
decides 1 deny no-change sam remove-member "$BOB" with=group:acme/desk
decides 3 error unknown-role ada grant access-site-vewer@acme/HQ "$BOB"
decides 3 error unknown-resource ada grant access-site-viewer@acme/HQ2 "$BOB"
decides 3 error malformed-query ada grant access-site-viewer@acme/HQ door:acme/HQ/D1
decides 3 error malformed-query ada grant access-site-viewer@other/HQ "$BOB"

# What stands behind "customize ROLE" is never an option
decides 0 allow granted-by-role ada customize camera-site-viewer -camera.archive.view organization:acme
decides 0 allow granted-by-role ada customize camera-site-viewer +camera.archive.delete organization:acme
decides 0 allow granted-by-role ada customize camera-site-viewer default organization:acme
decides 1 deny not-customizable ada customize camera-site-viewer -camera.live.view organization:acme
decides 3 error unknown-permission ada customize camera-site-viewer -camera.archive.look organization:acme
decides 3 error malformed-query ada customize camera-site-viewer --json organization:acme

# As a policy test
policy_write tests.d/changes.conf \
    'tests = ( { query = "ada customize camera-site-viewer -camera.archive.view organization:acme";' \
    '            at = "2026-06-01T09:00:00Z"; expect = "allow"; },' \
    '          { query = "eve grant access-site-viewer@acme/HQ user:acme/bob";' \
    '            at = "2026-06-01T09:00:00Z"; expect = "deny"; reason = "not-permitted"; } );'
prints 0 '2 passed, 0 failed' '' "$DOORWARD" test "${HERE[@]}"

# ---- The commands: words and options ----

ROLE=access-site-viewer@acme/HQ
misused 'usage: doorward grant ROLE[@SITEPATH] RESOURCE' "$DOORWARD" grant
misused 'usage: doorward grant ROLE[@SITEPATH] RESOURCE' "$DOORWARD" grant "$ROLE"
misused 'usage: doorward grant ROLE[@SITEPATH] RESOURCE' "$DOORWARD" grant "$ROLE" "$BOB" x
misused 'usage: doorward revoke ROLE[@SITEPATH] RESOURCE' "$DOORWARD" revoke "$ROLE"
misused 'usage: doorward migrate RESOURCE' "$DOORWARD" migrate
misused 'usage: doorward migrate RESOURCE' "$DOORWARD" migrate "$BOB" with=access-user-manager
misused 'usage: doorward member add|remove USER GROUP' "$DOORWARD" member add "$BOB"
misused 'usage: doorward customize ROLE +PERMISSION|-PERMISSION|default RESOURCE' \
    "$DOORWARD" customize camera-site-viewer default
misused "add or remove is expected, not 'join'" "$DOORWARD" member join "$BOB" group:acme/desk
misused 'a group is group:... or access-group:...' "$DOORWARD" member add "$BOB" site:acme/HQ
misused 'user:... is expected' "$DOORWARD" member add group:acme/desk "$BOB"
misused 'user:... is expected' "$DOORWARD" migrate group:acme/desk
misused 'the site is of another organization' "$DOORWARD" migrate "$BOB" --role access-site-viewer@other/HQ
misused 'a role is granted to user:... or group:...' "$DOORWARD" grant "$ROLE" access-group:acme/staff
misused 'the site is of another organization' "$DOORWARD" grant access-site-viewer@other/HQ "$BOB"
misused "the role's name has a wrong form" "$DOORWARD" grant '@acme/HQ' "$BOB"
misused 'organization:... is expected' "$DOORWARD" customize camera-site-viewer default "$BOB"
misused '+PERMISSION, -PERMISSION or default is expected' \
    "$DOORWARD" customize camera-site-viewer camera.archive.view organization:acme
misused "the permission's name has a wrong form" \
    "$DOORWARD" customize camera-site-viewer --dry-run organization:acme
misused 'unknown option -camera-site-viewer' \
    "$DOORWARD" customize -camera-site-viewer default organization:acme
misused '--until has passed already' "$DOORWARD" grant "$ROLE" "$BOB" --until 2026-01-01T00:00:00Z
misused '--from must lie before --until' "$DOORWARD" grant "$ROLE" "$BOB" \
    --from 2126-01-01T00:00:00Z --until 2126-01-01T00:00:00Z
misused "'tomorrow' is no value of --until" "$DOORWARD" grant "$ROLE" "$BOB" --until tomorrow
misused 'takes no option --until' "$DOORWARD" revoke "$ROLE" "$BOB" --until 2126-01-01T00:00:00Z
misused 'takes no option --role' "$DOORWARD" grant "$ROLE" "$BOB" --role x
misused 'takes no option --policy' "$DOORWARD" grant "$ROLE" "$BOB" --policy "$POLICY"
misused 'takes no option --user' "$DOORWARD" grant "$ROLE" "$BOB" --user ada
misused 'the value of --reason is empty' "$DOORWARD" grant "$ROLE" "$BOB" --reason ''
misused 'the --reason is too long' "$DOORWARD" grant "$ROLE" "$BOB" --reason "$(printf 'x%.0s' {1..1025})"
roles=()
for ((i = 0; i < 17; i++)); do roles+=(--role "r$i"); done
misused "'r16' is no value of --role" "$DOORWARD" migrate "$BOB" "${roles[@]}"

# Words of the right form are asked of the daemon, and there is none here
for command in "grant $ROLE $BOB" "grant $ROLE $BOB --from 2026-01-01T00:00:00Z --dry-run" \
    "revoke access-system-admin group:acme/desk --reason gone" "migrate $BOB" \
    "migrate --json $BOB --role access-user-manager --role $ROLE" \
    "member add $BOB group:acme/desk" "member remove $BOB access-group:acme/staff --dry-run" \
    'customize camera-site-viewer -camera.archive.view organization:acme' \
    'customize --dry-run camera-site-viewer +camera.archive.view organization:acme --json' \
    'customize camera-site-viewer default organization:acme'; do
    # shellcheck disable=SC2086 # words
    run_split "$DOORWARD" $command --socket "$WORK/nobody"
    steps=$((steps + 1))
    [[ $RC == 3 && -z $OUT && $ERR == "doorward ${command%% *}: $WORK/nobody: "* ]] ||
        fail "$command without a daemon: $RC $OUT $ERR"
done

# Help says how each is written and how it ends
for command in grant revoke migrate member customize; do
    run_split "$DOORWARD" "$command" --help
    steps=$((steps + 1))
    [[ $RC == 0 && $OUT == *--dry-run* && $OUT == *--reason* && $OUT == *'Exit status:'* ]] ||
        fail "$command --help: $OUT"
done

# ---- What a role is in an organization ----

run_split "$DOORWARD" roles --organization acme "${HERE[@]}"
[[ $RC == 0 && -z $ERR ]] || fail "roles --organization: $RC $ERR"
[[ $(tail -n +2 <<<"$OUT" | awk '{ print $1, $2, $3 }') == \
$'clerk custom account\ncamera-site-viewer customized site' ]] || fail "the roles of acme: $OUT"
run_split "$DOORWARD" roles --organization acme --json "${HERE[@]}"
[[ $("$JSON_LINES" role kind <"$WORK/out") == $'clerk\tcustom\ncamera-site-viewer\tcustomized' ]] ||
    fail "the roles of acme as JSON: $OUT"

run_split "$DOORWARD" roles clerk --organization acme "${HERE[@]}"
[[ $RC == 0 && $OUT == 'Plate clerk (clerk) in organization:acme, a role of its own'$'\n'* ]] || fail "$OUT"
[[ $(sed '1,/^PERMISSION/d' <<<"$OUT" | awk '{ print $1, $2, $3, $4 }' | sort) == \
$'rekor.entity.read entity plates -\nrekor.entity.update entity plates -' ]] || fail "clerk: $OUT"

# Now and by default, and the line that made the difference
run_split "$DOORWARD" roles camera-site-viewer --organization acme "${HERE[@]}"
steps=$((steps + 1))
[[ $RC == 0 && ${OUT%%$'\n'*} == 'Site Viewer (camera-site-viewer) in organization:acme, customized' ]] || fail "$OUT"
grep -qE '^camera\.live-link\.share +yes +no .* added at organizations\.d/acme\.conf:8$' <<<"$OUT" || fail "$OUT"
grep -qE '^camera\.archive\.create +no +yes .* removed at organizations\.d/acme\.conf:9$' <<<"$OUT" || fail "$OUT"
by_default=$(awk '$3 == "yes" { print $1 }' <<<"$OUT" | sort)
now=$(awk '$2 == "yes" { print $1 }' <<<"$OUT" | sort)
run_split "$DOORWARD" roles camera-site-viewer --json "${HERE[@]}"
[[ $("$JSON_LINES" permission <"$WORK/out" | sort) == "$by_default" ]] || fail "not the default: $OUT"
run_split "$DOORWARD" what-can bob site:acme/HQ "${WHEN[@]}"
for permission in camera.live-link.share camera.archive.create; do
    steps=$((steps + 1))
    [[ $(grep -cx "$permission" <<<"$now") == "$(grep -cE "^$permission( |\$)" <<<"$OUT")" ]] ||
        fail "roles and what-can differ about $permission: $OUT"
done
run_split "$DOORWARD" roles camera-site-viewer --organization acme --json "${HERE[@]}"
grep -qF '{"permission":"camera.live-link.share","scope":"site","when":"-","now":true,"default":false,"customized":"organizations.d/acme.conf:8"}' \
    <<<"$OUT" || fail "added, as JSON: $OUT"
[[ $OUT == *'"now":false,"default":true,"customized":"organizations.d/acme.conf:9"}'* ]] || fail "removed: $OUT"
run_split "$DOORWARD" roles camera-site-admin --organization acme "${HERE[@]}"
[[ $RC == 0 && ${OUT%%$'\n'*} == *', as by default' && -z $(grep -E ' (added|removed) at ' <<<"$OUT") ]] ||
    fail "a role that is not customized: $OUT"

prints 3 '' "doorward roles: there is no organization 'acne'" "$DOORWARD" roles --organization acne "${HERE[@]}"
prints 3 '' "doorward roles: there is no role 'clerk'; \`doorward roles\` lists all" \
    "$DOORWARD" roles clerk "${HERE[@]}"
prints 3 '' "doorward roles: there is no role 'cook'; \`doorward roles\` lists all" \
    "$DOORWARD" roles cook --organization acme "${HERE[@]}"
run_split "$DOORWARD" roles "${HERE[@]}"
! grep -q '^clerk ' <<<"$OUT" || fail "a role of an organization among the catalogues: $OUT"

# ---- What was granted through the daemon counts with --state, and names its file ----

mkdir -p -m 700 "$STATE/assignments"
printf 'assignments = ( { user = "eve"; role = "access-site-manager"; site = "HQ"; by = "ada"; } );\n' \
    >"$STATE/assignments/acme.conf"
chmod 600 "$STATE/assignments/acme.conf"
run_split "$DOORWARD" check eve access.live-event.view site:acme/HQ "${WHEN[@]}"
[[ $RC == 0 && $OUT == *"access-site-manager at site:acme/HQ, "*"acme.conf:1"* ]] || fail "managed: $RC $OUT $ERR"
run_split "$DOORWARD" check eve access.live-event.view site:acme/HQ --policy "$POLICY" --roles "$ROLES" --at "$AT"
[[ $RC == 1 ]] || fail "without --state: $RC $OUT"
printf 'assignments = ( { user = "nobody"; role = "access-site-manager"; site = "HQ"; } );\n' \
    >"$STATE/assignments/acme.conf"
run_split "$DOORWARD" validate "${HERE[@]}"
[[ $RC == 0 && $OUT == *'acme.conf:1: warning: there is no user "nobody"'* ]] || fail "of nobody: $RC $OUT"
sed -i 's/nobody/eve/; s/"HQ"/"Nowhere"/' "$STATE/assignments/acme.conf"
run_split "$DOORWARD" validate "${HERE[@]}"
[[ $RC == 3 && $OUT == *'acme.conf:1: error: there is no site "Nowhere"'* ]] || fail "a wrong assignment: $RC $OUT"
pass 'changes'
