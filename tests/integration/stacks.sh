# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Puts the shipped lines for a service into a service file, where they say they belong.

# stack_insert STACK PROFILE: the profile's account (session) lines go directly above the first
# line that takes in the common account (session) stack or could end it early. Fails when there is
# no such place.
stack_insert() {
    awk '
        NR == FNR { if (/^(account|session)[ \t]/) lines[$1] = lines[$1] $0 "\n"; next }
        function place(kind) { printf "%s", lines[kind]; lines[kind] = "" }
        /^account[ \t]+(include|substack|sufficient)[ \t]/ || /^@include[ \t]+common-account/ {
            place("account") }
        /^session[ \t]+(include|substack)[ \t]/ || /^@include[ \t]+common-session/ {
            place("session") }
        { print }
        END { if (lines["account"] lines["session"] != "") exit 1 }
    ' "$2" "$1"
}
