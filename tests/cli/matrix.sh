#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# roles --matrix: every role system as the decision tables of tests/spec/data have it, cell by cell,
# in the order of the catalogue file; and the other forms of the same table.
. "$(dirname "$0")/cli.sh"
cli_policy
DATA=$(cd "$(dirname "$0")/../spec/data" && pwd)
SYSTEMS=(access access-legacy command-camera command-org rekor)

# Alternatives and the conditions within one have no order: both are sorted.
CANONICAL='
function sorted(text, separator,    list, count, i, k, word, result) {
    count = split(text, list, separator == "|" ? "[|]" : separator)
    for (i = 2; i <= count; i++) {
        word = list[i]
        for (k = i - 1; k > 0 && list[k] > word; k--) list[k + 1] = list[k]
        list[k + 1] = word
    }
    result = list[1]
    for (i = 2; i <= count; i++) if (list[i] != list[i - 1]) result = result separator list[i]
    return result
}
function canonical(text,    list, count, i, result) {
    count = split(text, list, "[|]")
    for (i = 1; i <= count; i++) result = result (i > 1 ? "|" : "") sorted(list[i], ";")
    return sorted(result, "|")
}'

# expected SYSTEM: the cells of its table as records of the CSV, sorted. A permission asked on two
# kinds of resources has two rows, which add up. What a role implies elsewhere is no cell.
expected() {
    awk -F '\t' "$CANONICAL"'
        /^#/ || /^$/ { next }
        !columns { columns = NF; for (i = 3; i <= NF; i++) role[i] = $i; next }
        {
            for (i = 3; i <= NF; i++) {
                if ($i == "no" || role[i] ~ /[+]/) continue
                key = role[i] "," $1
                gsub(",", ";", $i)
                if (key in cell) $i = cell[key] "|" $i
                cell[key] = $i
            }
        }
        END {
            for (key in cell) {
                plain = ("|" cell[key] "|") ~ /[|]yes[|]/
                print key "," (plain ? "allow" : "allow-if:" canonical(cell[key]))
            }
        }' "$DATA/$1-matrix.tsv" | LC_ALL=C sort
}

# given: the records of the CSV in $OUT, in the same form; custom roles aside.
given() {
    tr -d '\r' <<<"$OUT" | awk -F , "$CANONICAL"'
        NR == 1 || $1 == "(custom role)" { next }
        $3 ~ /^allow-if:/ { $3 = "allow-if:" canonical(substr($3, 10)) }
        { print $1 "," $2 "," $3 }' | LC_ALL=C sort
}

# ---- Every cell of every system ----

for system in "${SYSTEMS[@]}"; do
    run_split "$DOORWARD" roles --matrix "$system" --format csv "${HERE[@]}"
    steps=$((steps + 1))
    [[ $RC == 0 && -z $ERR ]] || fail "--matrix $system: $RC $ERR"
    [[ ${OUT%%$'\n'*} == $'role,permission,effect\r' ]] || fail "$system: the first record: $OUT"
    differences=$(diff <(expected "$system") <(given))
    [[ -z $differences ]] || fail "$system: the documents (<) and the catalogue (>): $differences"
    [[ $(given | cut -d , -f 1,2 | uniq -d) == '' ]] || fail "$system: a cell twice"
    count=$(given | wc -l)
    ((count > 10)) || fail "$system: $count cells only"
    # RFC 4180: three fields, CR LF, nothing that needs quotes
    ! tr -d '\r\n' <"$WORK/out" | grep -q '"' || fail "$system: quotes"
    [[ -z $(grep -vE $'^[^,]+,[^,]+,[^,]+\r$' "$WORK/out") ]] || fail "$system: an odd record: $OUT"
done

# ---- The order of the file: of roles, and of the permissions as they are first named ----

for system in "${SYSTEMS[@]}"; do
    file=$ROLES/$system.conf
    run_split "$DOORWARD" roles --matrix "$system" --format markdown "${HERE[@]}"
    steps=$((steps + 1))
    roles=$(sed -nE 's/^  \{ name = "([a-z-]+)"; title.*/\1/p' "$file")
    [[ $(sed -n 3p <<<"$OUT" | tr '|' '\n' | sed -nE 's/^ ([a-z-]+) $/\1/p' | tail -n +2) == "$roles" ]] ||
        fail "$system: columns: $OUT"
    rows=$(sed -nE 's/^.*\{ name = "([a-z0-9.-]+\.[a-z0-9.-]+)".*/\1/p' "$file" | awk '!seen[$0]++')
    [[ $(sed -nE 's/^\| `([a-z0-9.-]+)`.*/\1/p' <<<"$OUT") == "$rows" ]] || fail "$system: rows: $OUT"
done

# ---- Custom roles: the last column of the catalogue that says what they can hold ----

run_split "$DOORWARD" roles --matrix rekor --format csv "${HERE[@]}"
[[ $(grep '^(custom role),' <<<"$OUT" | tr -d '\r' | LC_ALL=C sort) == \
'(custom role),rekor.entity.create,allow-if:as-configured-per-entity
(custom role),rekor.entity.delete,allow-if:as-configured-per-entity
(custom role),rekor.entity.read,allow-if:as-configured-per-entity
(custom role),rekor.entity.update,allow-if:as-configured-per-entity' ]] || fail "custom roles: $OUT"
run_split "$DOORWARD" roles --matrix rekor --format markdown "${HERE[@]}"
grep -qxF "| permission | rekor-no-access | rekor-viewer | rekor-manager | (custom role) |" <<<"$OUT" ||
    fail "the column of custom roles: $OUT"
grep -qxF '| `rekor.entity.read` | | allow | allow | as configured |' <<<"$OUT" || fail "$OUT"

# ---- All systems at once, and several ----

run_split "$DOORWARD" roles --matrix --format csv "${HERE[@]}"
all=$(sort "$WORK/out")
for system in "${SYSTEMS[@]}"; do
    run_split "$DOORWARD" roles --matrix "$system" --format csv "${HERE[@]}"
    tail -n +2 "$WORK/out"
done >"$WORK/each"
[[ $(sort <(printf 'role,permission,effect\r\n') "$WORK/each") == "$all" ]] || fail "all systems at once"
steps=$((steps + 1))
run_split "$DOORWARD" roles --matrix rekor access "${HERE[@]}"
[[ $RC == 0 && $(grep -xE 'access|rekor' <<<"$OUT" | xargs) == 'rekor access' ]] || fail "two systems: $OUT"

# ---- Text: letters in the cells stand below with their words; the same cells as the CSV ----

run_split "$DOORWARD" roles --matrix access "${HERE[@]}"
[[ $RC == 0 && -z $ERR && -z $(grep ' $' <<<"$OUT") ]] || fail "text: $RC $ERR $OUT"
letters=$(grep -oE '^\([a-z]+\)' <<<"$OUT")
used=$(grep -E '^access\.' <<<"$OUT" | grep -oE '\([a-z]+\)' | sort -u)
[[ -n $letters && $(sort <<<"$letters") == "$used" ]] || fail "letters of the cells: $OUT"
grep -q '^(.) if his own access opens the door now$' <<<"$OUT" || fail "words: $OUT"
grep -qx 'access-system-admin is access-site-admin at all sites, too' <<<"$OUT" || fail "implied: $OUT"
plain=$(grep -E '^access\.' <<<"$OUT" | grep -oE '\<allow\>' | wc -l)
run_split "$DOORWARD" roles --matrix access --format csv "${HERE[@]}"
[[ $(grep -c $',allow\r$' "$WORK/out") == "$plain" ]] || fail "text and CSV differ in their cells"

# ---- JSON ----

run_split "$DOORWARD" roles --matrix --json "${HERE[@]}"
[[ $RC == 0 && $("$JSON_LINES" system <"$WORK/out" | sort | xargs) == "${SYSTEMS[*]}" ]] || fail "JSON: $OUT"
[[ $OUT == *'{"permission":"rekor.entity.read","roles":{"rekor-viewer":"allow",'* ]] || fail "JSON: $OUT"

# ---- A catalogue of one's own is a system too; what it includes counts, and comes last ----

policy_write roles.d/guards.conf \
    'roles = (' \
    '  { name = "guard"; title = "Guard"; level = "site"; holders = [ "user" ];' \
    '    includes = [ "rekor-viewer" ];' \
    '    permissions = ( { name = "access.door.unlock"; when = ( [ "door-access-now" ], [ "schedule-exists", "target-not-self" ] ); },' \
    '                    { name = "access.door.view"; also = [ "org-admin", "org-member" ]; } ); } );'
prints 0 $'role,permission,effect\r
guard,access.door.unlock,allow-if:door-access-now|target-not-self;schedule-exists\r
guard,access.door.view,allow-if:also:org-member|also:org-admin\r
guard,rekor.entity.read,allow\r' '' "$DOORWARD" roles --matrix guards --format csv "${HERE[@]}"

# ---- Refused ----

prints 3 '' "doorward roles: there is no role system 'acess'; there are: access-legacy access command-camera command-org rekor guards" \
    "$DOORWARD" roles --matrix acess "${HERE[@]}"
misused "'xml' is no value of --format" "$DOORWARD" roles --matrix --format xml "${HERE[@]}"
misused '--format needs --matrix' "$DOORWARD" roles --format csv "${HERE[@]}"
misused '--matrix shows the catalogues' "$DOORWARD" roles --matrix --organization acme "${HERE[@]}"
misused '--json is a format' "$DOORWARD" roles --matrix --json --format csv "${HERE[@]}"
pass 'the matrix'
