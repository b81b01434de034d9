#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# --policy and --roles that name no policy, or one that others could change: refused with a place,
# without waiting, without deciding.
. "$(dirname "$0")/cli.sh"

# refused PLACE TEXT [ROLES]: validate says so, and nothing decides.
refused() {
    local options=(--policy "$WHERE" --roles "${3:-$ROLES}" --state "$STATE" --at "$AT")
    run_split "$DOORWARD" validate "${options[@]}"
    steps=$((steps + 1))
    [[ $RC == 3 && -z $ERR && $'\n'$OUT == *$'\n'"$1: error: $2"* ]] ||
        fail "no '$1: error: $2': $RC $OUT $ERR"
    for command in "check alice access.door.unlock $D1" "explain alice access.door.unlock $D1" \
        "who-can access.door.unlock $D1" 'what-can alice' test roles; do
        # shellcheck disable=SC2086 # words
        run_split "$DOORWARD" $command "${options[@]}"
        [[ $RC == 3 && -z $OUT && $ERR == *"$1: error: $2"*'nothing can be decided' ]] ||
            fail "$command: $RC $OUT $ERR"
    done
}
sound() {
    prints 0 "$POLICY: 0 errors, 0 warnings" '' "$DOORWARD" validate "${WHEN[@]}"
}

# ---- No policy ----

WHERE=$WORK/nowhere
refused "$WHERE:1" 'this folder cannot be read: No such file or directory'
WHERE=$WORK/file
: >"$WHERE"
refused "$WHERE:1" 'this is not a folder; links are not followed'
WHERE=$WORK/empty
mkdir "$WHERE"
refused 'organizations.d:1' 'this folder cannot be read: No such file or directory'
mkdir "$WHERE/organizations.d"
refused 'organizations.d:1' 'an empty policy: no organization'
: >"$WHERE/organizations.d/acme.conf"
refused 'organizations.d/acme.conf:1' 'missing key "organization" in an organization'"'"'s file'
: >"$WHERE/organizations.d/.conf"
refused 'organizations.d/.conf:1' 'an organization cannot have this name'
WHERE=/dev/null
refused '/dev/null:1' 'this is not a folder; links are not followed'
WHERE=/proc/self/fd
run_split "$DOORWARD" validate --policy "$WHERE" --roles "$ROLES"
[[ $RC == 3 ]] || fail "$WHERE is a policy: $OUT"
WHERE=$WORK/$(printf 'a%.0s' {1..300})
refused "$WHERE:1" 'this folder cannot be read: File name too long'

# ---- Not safe ----

cli_policy
sound
WHERE=$POLICY
chmod o+w "$POLICY"
refused "$POLICY:1" 'this folder may be written by its group or by others'
chmod o-w,g+w "$POLICY"
refused "$POLICY:1" 'this folder may be written by its group or by others'
chmod g-w "$POLICY"
for folder in organizations.d tests.d; do
    chmod 0777 "$POLICY/$folder"
    refused "$folder:1" 'this folder may be written by its group or by others'
    chmod 0755 "$POLICY/$folder"
done
for file in organizations.d/acme.conf tests.d/doors.conf; do
    for mode in 0664 0646 0666; do
        chmod $mode "$POLICY/$file"
        refused "$file:1" 'this file may be written by its group or by others'
    done
    chmod 0644 "$POLICY/$file"
done
if ((EUID == 0)); then
    chown 4711 "$POLICY/organizations.d/acme.conf"
    refused 'organizations.d/acme.conf:1' 'this file belongs neither to root nor to the user'
    chown 0 "$POLICY/organizations.d/acme.conf"
    chown 4711 "$POLICY/organizations.d"
    refused 'organizations.d:1' 'this folder belongs neither to root nor to the user'
    chown 0 "$POLICY/organizations.d"
else
    chmod 0000 "$POLICY/organizations.d/acme.conf"
    refused 'organizations.d/acme.conf:1' 'this file cannot be read: Permission denied'
    chmod 0644 "$POLICY/organizations.d/acme.conf"
fi
ln -s "$POLICY" "$WORK/link"
WHERE=$WORK/link
refused "$WHERE:1" 'this is not a folder; links are not followed'
WHERE=$WORK/link/
refused "$WORK/link:1" 'this is not a folder; links are not followed'
WHERE=$POLICY
mv "$POLICY/organizations.d" "$WORK/elsewhere"
ln -s "$WORK/elsewhere" "$POLICY/organizations.d"
refused 'organizations.d:1' 'this is not a folder; links are not followed'
rm "$POLICY/organizations.d"
mv "$WORK/elsewhere" "$POLICY/organizations.d"
sound

# ---- Files that are none ----

kinds() {
    mkfifo "$1/fifo.conf"
    mkdir "$1/folder.conf"
    ln -s /dev/zero "$1/device.conf"
    ln -s nowhere "$1/dangling.conf"
    ln -s "$POLICY/organizations.d/acme.conf" "$1/link.conf"
}
for folder in . organizations.d organizations.d/acme.d roles.d tests.d; do
    mkdir -p "$POLICY/$folder"
    kinds "$POLICY/$folder"
    for kind in fifo folder device dangling link; do
        place=$folder/$kind.conf:1
        refused "${place#./}" 'this is not a regular file; links are not followed'
        rm -r "${POLICY:?}/$folder/$kind.conf"
    done
done
sound
for name in doorward.conf organizations.d/acme.conf tests.d/doors.conf; do
    [[ ! -e $POLICY/$name ]] || mv "$POLICY/$name" "$WORK/kept"
    mkfifo "$POLICY/$name"
    began=$(now_ms)
    refused "$name:1" 'this is not a regular file; links are not followed'
    (($(now_ms) - began < 20000)) || fail "$name as a FIFO holds things up"
    rm "$POLICY/$name"
    [[ ! -e $WORK/kept ]] || mv "$WORK/kept" "$POLICY/$name"
done
sound

# ---- Role catalogues ----

refused "$WORK/nowhere:1" 'this folder cannot be read: No such file or directory' "$WORK/nowhere"
mkdir "$WORK/no-roles"
refused 'organizations.d/acme.conf:6' 'there is no role "access-site-viewer"' "$WORK/no-roles"
cp -r "$ROLES" "$WORK/open-roles"
chmod o+w "$WORK/open-roles"
refused "$WORK/open-roles:1" 'this folder may be written by its group or by others' "$WORK/open-roles"
chmod o-w "$WORK/open-roles"
chmod o+w "$WORK/open-roles/access.conf"
refused "$WORK/open-roles/access.conf:1" 'this file may be written by its group or by others' \
    "$WORK/open-roles"
# One's own roles may add, never redefine
mkdir -p "$POLICY/roles.d"
policy_write roles.d/mine.conf 'roles = (' '{ name = "access-site-viewer"; level = "site"; } );'
refused 'roles.d/mine.conf:3' 'duplicate role "access-site-viewer"'
policy_write roles.d/mine.conf 'permissions = (' '{ name = "access.door.unlock"; scope = "site"; } );'
refused 'roles.d/mine.conf:3' 'duplicate permission "access.door.unlock"'
policy_write roles.d/mine.conf 'roles = ( { name = "porter"; level = "site"; permissions = (' \
    '{ name = "access.door.unlock"; } ); } );'
sound
run_split "$DOORWARD" roles porter "${HERE[@]}"
[[ $RC == 0 && $OUT == *access.door.unlock* ]] || fail "a role of one's own: $RC $OUT $ERR"
rm -r "$POLICY/roles.d"

# A slash or two at the end, and a relative path
for path in "$POLICY/" "$POLICY//" "$POLICY/."; do
    run_split "$DOORWARD" check bob access.door.unlock "$D1" --policy "$path" --roles "$ROLES/" \
        --state "$STATE" --at "$AT"
    steps=$((steps + 1))
    [[ $RC == 0 ]] || fail "--policy $path: $RC $OUT $ERR"
done
cd "$WORK" || fail 'no folder'
run_split "$DOORWARD" check bob access.door.unlock "$D1" --policy policy --roles roles --state state \
    --at "$AT"
[[ $RC == 0 && $OUT == *$'organizations.d/acme.conf:14' ]] || fail "relative paths: $RC $OUT $ERR"
pass 'folders'
