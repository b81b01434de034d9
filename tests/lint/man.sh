#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Every command, option, argument, function, error and key of the code stands in its man page, and
# no man page has an option or a command that the code has not. With mandoc(1), which $MANDOC may
# name, the pages themselves are checked as well.
. "$(dirname "$0")/lib.sh"

man=$root/doc/man
checked=0

# words FILE... 'SED': what a sed script prints of the files, sorted.
words() {
    local script=${!#}
    sed -nE "$script" "${@:1:$#-1}" | sort -u
}

# demand PAGE WHAT PATTERN-PREFIX PATTERN-SUFFIX: every word of standard input stands in the page.
demand() {
    local word count=0
    while IFS= read -r word; do
        count=$((count + 1))
        checked=$((checked + 1))
        grep -qE -- "$3$word$4" "$man/$1" || finding "doc/man/$1: $2 $word is missing"
    done
    ((count > 0)) || finding "doc/man/$1: no $2 was found in the code"
}

# same PAGE WHAT CODE-LIST PAGE-LIST: what the page has and the code has not.
same() {
    local word
    while IFS= read -r word; do
        [[ -n $word ]] && finding "doc/man/$1: the code has no $2 $word"
    done < <(comm -13 <(printf '%s\n' "$3") <(printf '%s\n' "$4"))
}

# doorward.1: commands, each a struct Command; options, each a row of the table.
commands=$(words "$root"/src/cli/*.c 's/^        \.name = "([a-z-]+)",$/\1/p')
options=$(words "$root/src/cli/options.c" 's/^        \{ OPTION_[A-Z_]+, "([a-z-]+)",.*/\1/p')
demand doorward.1 command '^\.It Cm ' '( |$)' <<<"$commands"
demand doorward.1 option '^\.It Fl -' '( |$)' <<<"$options"
same doorward.1 option "$(sort <<<"$options"$'\nhelp')" \
    "$(words "$man/doorward.1" 's/^\.It Fl -([a-z-]+).*/\1/p')"
same doorward.1 command "$commands" \
    "$(sed '/^\.Sh OPTIONS/,$d' "$man/doorward.1" | sed -nE 's/^\.It Cm ([a-z-]+).*/\1/p' | sort)"

# doorwardd.8, doorward-http.8 and its settings, pam_doorward.8
daemon_options=$(words "$root/src/daemon/options.c" \
    's/^        \{ "([a-z-]+)", (required|no)_argument,.*/\1/p')
demand doorwardd.8 option '^\.It Fl -' '( |$)' <<<"$daemon_options"
same doorwardd.8 option "$daemon_options" "$(words "$man/doorwardd.8" 's/^\.It Fl -([a-z-]+).*/\1/p')"
program_options=$(words "$root/src/util/program_options.c" \
    's/^        \{ "([a-z-]+)", (required|no)_argument,.*/\1/p')
demand doorward-http.8 option '^\.It Fl -' '( |$)' <<<"$program_options"
same doorward-http.8 option "$program_options" \
    "$(words "$man/doorward-http.8" 's/^\.It Fl -([a-z-]+).*/\1/p')"
http_keys=$(words "$root/src/http/settings.c" 's/^        \{ "([a-z_]+)", (schema_)?read_.*/\1/p')
demand doorward-http.conf.5 key '^\.It Ic (certificate , )?' '( |$)' <<<"$http_keys"
arguments=$(grep -oE '\{ "[a-z_]+", (true|false), take_' "$root/src/pam/arguments.c" |
    cut -d '"' -f 2 | sort)
demand pam_doorward.8 argument '^\.It Cm ' '(=| |$)' <<<"$arguments"
same pam_doorward.8 argument "$arguments" \
    "$(sed '/^\.Sh RETURNED/,$d' "$man/pam_doorward.8" | sed -nE 's/^\.It Cm ([a-z_]+).*/\1/p' | sort)"

# Alerts and refusals: doorwardd.8, and the page of the reasons.
demand doorwardd.8 alert '^\.It Cm ' '$' \
    < <(words "$root/src/daemon/alerts.c" 's/^        \[ALERT_[A-Z_]+\] = \{ "([a-z-]+)".*/\1/p')
demand ../REASONS.md refusal '^\| `' '` \|' \
    < <(words "$root/src/daemon/reply.c" 's/^const Refusal refusal_[a-z_]+ = \{ "([a-z-]+)".*/\1/p')

# libdoorward.3
headers=("$root"/include/doorward/*.h)
demand libdoorward.3 function '^\.F[no] ' '( |$)' \
    < <(grep -ohE '\<doorward_[a-z_]+\(' "${headers[@]}" | tr -d '(' | sort -u)
demand libdoorward.3 error '^\.It Dv ' '$' < <(words "${headers[@]}" 's/^        (DOORWARD_ERROR_[A-Z]+) =.*/\1/p')
demand libdoorward.3 outcome '^\.Dv ' '( |$)' < <(words "${headers[@]}" 's/^        (DOORWARD_[A-Z_]+) = 0x.*/\1/p')
demand libdoorward.3 subscription '^\.It Dv ' '$' \
    < <(words "${headers[@]}" 's/^        (DOORWARD_(EVENTS|COMMANDS|REVISIONS)) =.*/\1/p')
demand libdoorward.3 event '(^| )' '( |$)' \
    < <(words "$root/src/wire/gateway_event.c" 's/^        \[GATEWAY_[A-Z_]+\] = "([a-z-]+)".*/\1/p')

# doorward.conf.5: the keys of the schema tables.
demand doorward.conf.5 key '(^|[^a-z_])' '([^a-z_]|$)' \
    < <(grep -ohE '\{ "[a-z_]+", (schema_)?read_' "$root"/src/policy/schema_*.c | cut -d '"' -f 2 |
        sort -u)

# doorward-gateway.8 and doorward-gateway.conf.5
demand doorward-gateway.8 option '^\.It Fl -' '( |$)' <<<"$program_options"
same doorward-gateway.8 option "$program_options" \
    "$(words "$man/doorward-gateway.8" 's/^\.It Fl -([a-z-]+).*/\1/p')"
gateway_keys=$(grep -ohE '\{ "[a-z_]+", (schema_)?read_' "$root/src/gateway/settings.c" |
    cut -d '"' -f 2 | sort -u)
demand doorward-gateway.conf.5 key '^\.It (Cm [a-z_]+ , )?Cm ' '( |$)' <<<"$gateway_keys"
same doorward-gateway.conf.5 key "$gateway_keys" \
    "$(words "$man/doorward-gateway.conf.5" 's/^\.It Cm ([a-z_]+).*/\1/p')"

# The pages themselves. "Style" is left to taste: it holds that pages refer to installed pages only.
mandoc=${MANDOC:-mandoc}
if command -v "$mandoc" >/dev/null 2>&1; then
    for page in "$man"/*; do
        checked=$((checked + 1))
        while IFS= read -r line; do
            finding "doc/man/${line#mandoc: "$man"/}"
        done < <("$mandoc" -T lint -W warning "$page" 2>/dev/null)
    done
else
    printf 'The pages were not checked by mandoc: there is none\n'
fi
finish "$checked" 'words of the code'
