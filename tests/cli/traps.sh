#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# What libconfig accepts, cuts short, reads as another number or dies of, one file a trap: validate
# refuses each with its file and line, and nothing decides by such a policy.
. "$(dirname "$0")/cli.sh"
cli_policy
FRAGMENTS=$POLICY/organizations.d/acme.d
mkdir -p "$FRAGMENTS"

# refused NAME LINE TEXT: the file NAME.conf, written already, is refused at that line.
refused() {
    local place="organizations.d/acme.d/$1.conf:$2: error: "
    run_split "$DOORWARD" validate "${WHEN[@]}"
    steps=$((steps + 1))
    [[ $RC == 3 && -z $ERR ]] || fail "$1: validate ended with $RC: $OUT $ERR"
    [[ $'\n'$OUT == *$'\n'"$place"*"$3"* ]] || fail "$1: no '$place...$3' in: $OUT"
    [[ $OUT != *[$'\001'-$'\011'$'\013'-$'\037']* ]] || fail "$1: control characters: $OUT"
    for command in check explain; do
        run_split "$DOORWARD" $command bob access.door.unlock "$D1" "${WHEN[@]}"
        [[ $RC == 3 && -z $OUT && $ERR == *"$place"* ]] || fail "$1: $command: $RC $OUT $ERR"
    done
    rm -f "${FRAGMENTS:?}/$1.conf"
}

# trap_file NAME LINE TEXT FORMAT [ARGUMENT...]: a file made by printf.
trap_file() {
    # shellcheck disable=SC2059 # formats with bytes in them
    printf "${@:4}" >"$FRAGMENTS/$1.conf"
    refused "$1" "$2" "$3"
}

# accepted NAME FORMAT: such a file is fine.
accepted() {
    # shellcheck disable=SC2059
    printf "$2" >"$FRAGMENTS/$1.conf"
    prints 0 "$POLICY: 0 errors, 0 warnings" '' "$DOORWARD" validate "${WHEN[@]}"
    rm -f "${FRAGMENTS:?}/$1.conf"
}

# What would make the rest of the file vanish
trap_file unclosed-comment 2 'a comment that starts here is not closed' \
    'users = ( );\n/* begun\nusers = ( { name = "x"; } );\n'
trap_file unclosed-string-as-name 2 'a string that starts here is not closed' \
    'users = ( );\n"begun\nrest\n'
trap_file unclosed-string 2 'a string that starts here is not closed' \
    'groups = (\n{ name = "begun ); } );\n'
trap_file newline-in-string 1 'a string that starts here is not closed' \
    'users = ( { name = "u"; title = "a\nb"; } );\n'
trap_file comment-in-comment 3 'has no meaning here' '/* a /* b */\nusers = ( );\n */\n'

# Files within files
trap_file include 1 '@include is refused' '@include "other.conf"\n'
trap_file include-indented 2 '@include is refused' '\n \t @include "/etc/passwd"\n'
trap_file include-in-a-list 2 '@include is refused' 'users = (\n@include "users"\n);\n'
trap_file include-of-a-folder 1 '@include is refused' '@include "."\n'
trap_file include-of-nothing 1 '@include is refused' '@include ""\n'
trap_file include-of-a-device 1 '@include is refused' '@include "/dev/zero"\n'
accepted include-in-a-comment '# @include "x"\n/*\n@include "."\n*/\nusers = ( );\n'

# Numbers that become others
for number in 4294967296 0x100000000 -4294967296 2147483648 10737418240 12345678901234567890123 \
    0x1FFFFFFFF; do
    trap_file number 2 'does not fit into 32 bits' 'users = ( { name = "u";\nuid = %s; } );\n' $number
done
for number in 999999999999999999999999L 0xFFFFFFFFFFFFFFFFFL 9223372036854775808L; do
    trap_file number 2 'does not fit into 64 bits' 'users = ( { name = "u";\nuid = %s; } );\n' $number
done
for number in 5000000000L 4294967295L 0 -1 0L; do
    trap_file number 2 '"uid" must be 1 to 4294967294' 'users = ( { name = "u";\nuid = %s; } );\n' $number
done
for number in 010 08 00; do
    trap_file number 2 'starts with 0' 'users = ( { name = "u";\nuid = %s; } );\n' $number
done
for number in -0x10 0b11 0x 7up 1__2; do
    trap_file number 2 'is not a number' 'users = ( { name = "u";\nuid = %s; } );\n' $number
done
for number in 1e400 1e3 1.0 -. . 7.; do
    trap_file number 2 'is no whole number' 'users = ( { name = "u";\nuid = %s; } );\n' $number
done
trap_file number-as-string 1 '"uid" must be a number, not a string' \
    'users = ( { name = "u"; uid = "7"; } );\n'
trap_file switch-as-number 1 '"member" must be true or false, not a number' \
    'users = ( { name = "u"; member = 1; } );\n'
trap_file switch-as-string 1 '"synced" must be true or false, not a string' \
    'users = ( { name = "u"; synced = "false"; } );\n'

# Bytes that end a text early, or that nobody sees
trap_file nul-in-string 1 'NUL' 'users = ( { name = "root\0evil"; } );\n'
trap_file nul-in-comment 2 'NUL' 'users = ( );\n# a\0b\n'
trap_file nul-between 2 'NUL' 'users = ( );\n\0users = ( { name = "x"; } );\n'
trap_file nul-at-the-end 2 'NUL' 'users = ( );\n\0'
trap_file nul-escaped 1 '\x00' 'users = ( { name = "root\\x00evil"; } );\n'
trap_file unknown-escape 1 'an escape that is not known' 'users = ( { name = "u"; title = "\\q"; } );\n'
trap_file half-an-escape 1 'an escape that is not known' 'users = ( { name = "u"; title = "\\x4"; } );\n'
trap_file not-utf-8 1 'not UTF-8' 'users = ( { name = "u"; title = "\xff"; } );\n'
trap_file not-utf-8-in-comment 2 'not UTF-8' 'users = ( );\n# \xff\n'
trap_file overlong-utf-8 1 'not UTF-8' 'users = ( { name = "u"; title = "\xc0\xaf"; } );\n'
trap_file byte-order-mark 1 'byte order mark' '\xef\xbb\xbfusers = ( );\n'
trap_file direction-of-writing 1 'direction of writing' 'users = ( { name = "u"; title = "\xe2\x80\xae"; } );\n'
trap_file control-character 1 'control character' 'users = ( { name = "u"; title = "\x1b[2J"; } );\n'
trap_file not-ascii-outside 1 'not ASCII' '\xc3\xa4 = ( );\n'
accepted carriage-returns 'users = (\r\n  { name = "u"; } );\r\n'

# Names
trap_file name-with-underscore 1 'has no meaning here' '_apt = 1;\n'
trap_file name-with-digit 1 'expected the name of a setting' '7up = 1;\n'
trap_file name-with-dot 1 'expected an equals sign' 'j.doe = 1;\n'
trap_file path-as-name 1 'is not a name' 'users = ( { name = "john/.."; } );\n'
trap_file colon-as-name 1 'is not a name' 'users = ( { name = "john:x"; } );\n'
trap_file empty-name 1 'is not a name' 'users = ( { name = ""; } );\n'
trap_file setting-twice 2 'stands above already' 'users = ( );\nusers = ( { name = "x"; } );\n'
trap_file setting-in-other-case 2 'unknown key "Users"' 'users = ( );\nUsers = ( { name = "x"; } );\n'
trap_file misspelt-setting 2 'unknown key "suspend" in a user'"'"'s access; did you mean "suspended"?' \
    'users = ( { name = "u"; access = {\nsuspend = true; }; } );\n'
trap_file misspelt-list 1 'unknown key "user" in an organization'"'"'s file; did you mean "users"?' \
    'user = ( { name = "x"; } );\n'
trap_file not-yet 1 '"areas" is not supported yet' 'areas = ( );\n'

# Marks
trap_file two-semicolons 1 'expected the name of a setting, found ;' 'users = ( );;\n'
trap_file comma-at-the-end 1 'expected a value after the comma, found ]' 'users = ( { name = "u"; groups = [ "desk", ]; } );\n'
trap_file comma-at-the-end-of-a-list 1 'expected a value after the comma, found )' 'users = ( { name = "u"; }, );\n'
trap_file mixed-types 1 'not all of one type' 'users = ( { name = "u"; groups = [ "desk", 1 ]; } );\n'
trap_file mixed-numbers 1 'not all of one type' 'users = ( { name = "u"; groups = [ 1, 2L ]; } );\n'
trap_file group-in-array 1 'groups and lists stand in ( )' 'users = [ { } ];\n'
trap_file wrong-bracket 2 'the ( of line 1 is still open' 'users = ( \n};\n'
trap_file open-bracket 2 'is not closed' 'users = (\n{ name = "u"; \n'
trap_file bracket-that-closes-nothing 2 'closes nothing' 'users = ( );\n);\n'
trap_file no-value 1 'expected' 'users = ;\n'
trap_file group-for-list 1 'must be a list of groups' 'users = { name = "u"; };\n'

# Depth and size
trap_file deep-lists 1 'brackets nest more than 80 deep' "x = $(printf '(%.0s' {1..81})"
trap_file very-deep-lists 1 'brackets nest more than 80 deep' "x = $(printf '(%.0s' {1..100000})"
trap_file deep-groups 1 'brackets nest more than 80 deep' "$(printf 'a={%.0s' {1..5000})"
sites() {
    printf 'sites = ('
    for ((i = 1; i <= $1; i++)); do printf '{ name = "s%d";\nsites = (' "$i"; done
    for ((i = 1; i <= $1; i++)); do printf ') }'; done
    printf ');\n'
}
sites 33 >"$FRAGMENTS/deep-sites.conf"
refused deep-sites 33 'sites nest more than 32 deep'
sites 32 >"$FRAGMENTS/sites.conf"
prints 0 "$POLICY: 0 errors, 0 warnings" '' "$DOORWARD" validate "${WHEN[@]}"
rm "$FRAGMENTS/sites.conf"
{
    printf '#'
    head -c 100000000 /dev/zero | tr '\0' a
    printf '\nusers = (\n'
} >"$FRAGMENTS/long-line.conf"
refused long-line 2 'is not closed'
{
    printf 'users = ( { name = "u"; title = "'
    head -c 70000 /dev/zero | tr '\0' a
    printf '"; } );\n'
} >"$FRAGMENTS/long-string.conf"
refused long-string 1 'a string of more than 65536 bytes'
{
    printf 'users = ( { name = "u";\n'
    printf 'k%d = 1;\n' {1..300}
    printf '} );\n'
} >"$FRAGMENTS/many-settings.conf"
refused many-settings 257 'more than 256 settings in one group'

# The same traps in every other kind of file
for file in doorward.conf roles.d/mine.conf tests.d/mine.conf organizations.d/beta.conf; do
    mkdir -p "$(dirname "$POLICY/$file")"
    while IFS='|' read -r line text format; do
        # shellcheck disable=SC2059
        printf "$format" >"$POLICY/$file"
        run_split "$DOORWARD" validate "${WHEN[@]}"
        steps=$((steps + 1))
        [[ $RC == 3 && $'\n'$OUT == *$'\n'"$file:$line: error: "*"$text"* ]] ||
            fail "$file: no '$text' in line $line: $RC $OUT"
        run_split "$DOORWARD" check bob access.door.unlock "$D1" "${WHEN[@]}"
        [[ $RC == 3 && -z $OUT ]] || fail "$file: check: $RC $OUT"
    done <<'END'
2|is not closed|# a\n/* b\n
1|is not closed|a = "b\n
1|@include is refused|@include "."\n
1|does not fit into 32 bits|a = 4294967296;\n
1|NUL|# \0\n
1|unknown key "a"|a = 1;\n
1|not UTF-8|# \xff\n
END
    rm "$POLICY/$file"
done
prints 0 "$POLICY: 0 errors, 0 warnings" '' "$DOORWARD" validate "${WHEN[@]}"

# One run shows everything that is wrong
printf 'users = ( { name = "u"; uid = 0; },\n{ nam = "v"; } );\n' >"$FRAGMENTS/a.conf"
printf '@include "."\n' >"$FRAGMENTS/b.conf"
printf 'groups = ( { name = "g"; roles = (\n{ role = "nothing"; site = "HQ"; } ); } );\n' >"$FRAGMENTS/c.conf"
run_split "$DOORWARD" validate "${WHEN[@]}"
for place in a.conf:1 a.conf:2 b.conf:1 c.conf:2; do
    steps=$((steps + 1))
    grep -q "^organizations.d/acme.d/$place: error: " <<<"$OUT" || fail "not all errors: $OUT"
done
pass 'traps'
