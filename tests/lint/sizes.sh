#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Files of at most 500 lines, headers of at most 200, functions of at most 60, no line beyond 100
# columns but in tables that clang-format is told to leave alone. Functions are found by the house
# formatting: the opening and the closing brace of a function stand alone in column 1.
. "$(dirname "$0")/lib.sh"

FILE_LINES_MAX=500
HEADER_LINES_MAX=200
FUNCTION_LINES_MAX=60
COLUMNS_MAX=100

# Headers that are one table or one format, documented field by field.
header_is_table() {
    case $1 in
    src/policy/image_format.h | src/policy/model.h) return 0 ;;
    esac
    return 1
}

measure() { # FILE LINES_MAX
    awk -v file="$1" -v lines_max="$2" -v function_max=$FUNCTION_LINES_MAX \
        -v columns_max=$COLUMNS_MAX '
        # Beyond ASCII one character is several bytes: only its first byte counts.
        { text = $0; gsub(/[\200-\277]/, "", text) }
        /clang-format off/ { table = 1 }
        /clang-format on/ { table = 0 }
        length(text) > columns_max && !table { print file ":" FNR ": " length(text) " columns" }
        /^\{$/ { start = FNR }
        /^\}$/ && start {
            if (FNR - start - 1 > function_max)
                print file ":" start ": a function of " FNR - start - 1 " lines"
            start = 0
        }
        END { if (FNR > lines_max) print file ": " FNR " lines, at most " lines_max }
    ' "$root/$1"
}

checked=0
while IFS= read -r file; do
    limit=$FILE_LINES_MAX
    [[ $file == *.h ]] && ! header_is_table "$file" && limit=$HEADER_LINES_MAX
    case $file in
    *.c | *.h) ;;
    *) continue ;;
    esac
    checked=$((checked + 1))
    while IFS= read -r line; do
        finding "$line"
    done < <(measure "$file" "$limit")
done < <(project_files)
finish "$checked" 'C files'
