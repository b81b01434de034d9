#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The project's shell scripts parse, are marked executable where they are called, and write to no
# fixed name below /tmp.
. "$(dirname "$0")/lib.sh"

checked=0
while IFS= read -r file; do
    IFS= read -r first <"$root/$file" || continue
    case $file:$first in
    *.sh:* | *:'#!'*sh) ;;
    *) continue ;;
    esac
    checked=$((checked + 1))
    message=$(bash -n "$root/$file" 2>&1) || finding "$file: $message"
    if [[ $first == '#!'* && ! -x $root/$file ]]; then
        finding "$file: begins with #! and is not executable"
    fi
    while IFS= read -r line; do
        finding "$file:$line: a fixed name below /tmp"
    done < <(grep -nE '[> ]/tm''p/[a-z]' "$root/$file")
done < <(project_files)
finish "$checked" 'scripts'
