#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Changes of who holds what, made by people on the command line and by many at once: none is lost,
# every answer is that of the revision it names, and a daemon that is killed finds all changes that
# were acknowledged.
. "$(dirname "$0")/lib.sh"
needs_root

COUNT=50
KEPT=$WORK/kept

# person NUMBER PREFIX UID [ROLES]
person() {
    printf '{ name = "%s%d"; uid = %d; %s }' "$2" "$1" $(($3 + $1)) "${4:-}"
}

# people: the organization, with COUNT changers and as many people whose roles they change.
people() {
    local n lines=()
    for ((n = 0; n < COUNT; n++)); do
        lines+=("$(person "$n" a 5000 'roles = ( { role = "access-system-admin"; } );'),")
        lines+=("$(person "$n" t 5200),")
    done
    policy_write organizations.d/acme.conf \
        'organization = { name = "acme"; };' \
        'sites = ( { name = "HQ"; doors = ( { name = "D1"; } ); hosts = ( { name = "gw-1"; } ); },' \
        '          { name = "Branch"; doors = ( { name = "D2"; } ); } );' \
        'users = (' "${lines[@]}" \
        '  { name = "ada"; uid = 4711; roles = ( { role = "access-site-admin"; site = "HQ"; } ); },' \
        '  { name = "bob"; uid = 4712; }, { name = "bea"; uid = 4713; roles = (' \
        '    { role = "access-site-viewer"; site = "HQ"; } ); } );'
    policy_write doorward.conf \
        'limits = { clients_per_user = 4; requests_per_second = 100000; requests_burst = 100000; };'
}

# as UID SUBCOMMAND...: the command line program of a person, who may not get through folders that
# are private to root.
cp "$DOORWARD" "$WORK/doorward" || fail 'cannot copy the program'
as() {
    local uid=$1
    shift
    limited setpriv --reuid="$uid" --regid="$uid" --clear-groups "$WORK/doorward" "$@" \
        --socket "$SOCKET"
}

rm -rf "$POLICY"
people
daemon_start

# --- One person, on the command line ---
expect 1 '' live check --live bob access.door.view door:acme/HQ/D1
expect 0 'allow' as 4711 grant access-site-viewer@acme/HQ user:acme/bob --reason 'covers Monday'
expect 0 '' live check --live bob access.door.view door:acme/HQ/D1
expect 0 'assignments/acme\.conf:[0-9]+' live explain --live bob access.door.view door:acme/HQ/D1
expect 1 'no-change' as 4711 grant access-site-viewer@acme/HQ user:acme/bob
expect 1 'self-grant' as 4711 grant access-site-viewer@acme/HQ user:acme/ada
expect 2 'not one line of printable' as 4711 grant access-site-viewer@acme/HQ user:acme/bea \
    --reason $'\xc2\x9b31m'
expect 3 'written-by-hand.*organizations\.d/acme\.conf:[0-9]+' \
    as 4711 revoke access-site-viewer@acme/HQ user:acme/bea
expect 0 'why=.?covers Monday' live events
expect 0 'after=.?access-site-viewer@acme/HQ' live events

# A broken text refuses every change, and nothing is written
before=$(cat "$STATE/assignments/acme.conf")
policy_write organizations.d/other.conf 'organization = { name = "other"; };' 'uzers = ( );'
expect 3 'policy-refused.*organizations\.d/other\.conf:3' \
    as 4711 revoke access-site-viewer@acme/HQ user:acme/bob
rm "$POLICY/organizations.d/other.conf"
# … and so does a policy test
policy_write tests.d/bob.conf \
    'tests = ( { query = "bob access.door.view door:acme/HQ/D1";' \
    '            at = "2026-11-22T09:00:00Z"; expect = "allow"; } );'
expect 3 'policy-refused.*tests\.d/bob\.conf:2' \
    as 4711 revoke access-site-viewer@acme/HQ user:acme/bob
[[ $before == "$(cat "$STATE/assignments/acme.conf")" ]] || fail 'a refused change was written'
[[ -z $(find "$STATE/assignments" -name '*.next') ]] || fail 'a refused change left its file'
rm "$POLICY/tests.d/bob.conf"
expect 0 'allow' as 4711 revoke access-site-viewer@acme/HQ user:acme/bob

# --- Everybody at once ---
# check_states FILE: everybody holds what the acknowledged changes say; one whose last change got
# no answer may hold either.
check_states() {
    local user viewer manager wanted answer query
    grep '^state ' "$1" | while read -r _ user viewer manager; do
        printf '%s %s access.door.view door:acme/HQ/D1\n' "$viewer" "$user"
        printf '%s %s access.door.view door:acme/Branch/D2\n' "$manager" "$user"
    done >"$WORK/wanted"
    cut -d ' ' -f 2- "$WORK/wanted" >"$WORK/queries"
    live check --live --batch "$WORK/queries" >"$WORK/answers" 2>"$WORK/answers.err" ||
        fail "what is held cannot be asked: $(cat "$WORK/answers.err")"
    while read -r wanted query && read -r answer _ <&3; do
        case $wanted$answer in
        1allow | 0deny | \?allow | \?deny) steps=$((steps + 1)) ;;
        *) fail "wanted $wanted, answered $answer: $query" ;;
        esac
    done <"$WORK/wanted" 3<"$WORK/answers"
    [[ $(wc -l <"$WORK/answers") == "$(wc -l <"$WORK/wanted")" ]] || fail 'an answer is missing'
}

mkdir "$KEPT"
mkfifo "$WORK/keep"
"$CHANGE_REPLAY" keep "$STATE/images" "$KEPT" <"$WORK/keep" &
keeper=$!
STARTED+=("$keeper")
exec {keep}>"$WORK/keep"
began=$(now_ms)
limited "$CHANGE_LOAD" "$SOCKET" 4000 $COUNT >"$WORK/load" 2>"$WORK/load.err" ||
    fail "changes under load: $(head -n 5 "$WORK/load.err")"
took=$(($(now_ms) - began))
exec {keep}>&-
ends_within 10 "$keeper" || fail 'the images are still kept'
made=$(sed -n 's/^made //p' "$WORK/load")
((made >= COUNT)) || fail "only $made changes were made"
[[ $(grep -c '^state ' "$WORK/load") == "$COUNT" ]] || fail 'a changer said nothing'
check_states "$WORK/load"
replay() {
    limited "$CHANGE_REPLAY" check "$KEPT" <"$WORK/load"
}
expect 0 ', 0 wrong' replay
printf '%d changes in %d ms, %s\n' "$made" "$took" "$OUT"
# Every change is a row
rows=$("$DOORWARD" events --json --socket "$SOCKET" </dev/null |
    jq -s '[.[] | select(.kind == "change" and .decision == "allow" and .why == "load")] | length')
[[ $rows == "$made" ]] || fail "$made changes and $rows rows"

# --- Killed, or told to end, again and again ---
text_is_served() {
    live status | grep -q 'text.*served'
}
for round in 1 2 3 4 5 6; do
    "$CHANGE_LOAD" "$SOCKET" 20000 $COUNT >"$WORK/load" 2>"$WORK/load.err" &
    load=$!
    STARTED+=("$load")
    sleep "0.$((RANDOM % 8 + 1))$((RANDOM % 10))"
    if ((round % 3 == 0)); then
        daemon_stop # cleanly, with all those changes under way
    else
        kill -KILL "$DAEMON"
        wait "$DAEMON" 2>/dev/null
        DAEMON=
    fi
    ends_within 30 "$load" || fail 'the load does not end'
    grep -q 'does not fit' "$WORK/load.err" && fail "round $round: $(cat "$WORK/load.err")"
    made=$((made + $(sed -n 's/^made //p' "$WORK/load")))
    daemon_start
    # What is served is what the text says, once that has been read
    becomes_true 20 text_is_served || fail "round $round: $(live status)"
    [[ -z $(find "$STATE/assignments" -name '*.next') ]] || fail 'half a change is left'
    check_states "$WORK/load"
done
expect 0 '' live status
pass "$made changes, none lost"
