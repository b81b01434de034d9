#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The example organization: it is free of errors, warns of what it shows on purpose and of nothing
# else, and its own tests hold, an allow and a denial for each of the eleven common configurations.
. "$(dirname "$0")/cli.sh"
cp -r "$root/conf/example" "$POLICY" && cp -r "$root/conf/roles" "$WORK/vendor" || fail 'no example'
chmod -R u=rwX,go=rX "$POLICY" "$WORK/vendor"
example=(--policy "$POLICY" --roles "$WORK/vendor" --state "$STATE")

run_split "$DOORWARD" validate "${example[@]}" --at "$AT"
steps=$((steps + 1))
[[ $RC == 0 && ${OUT##*$'\n'} == "$POLICY: 0 errors, 2 warnings" ]] || fail "validate: $RC $OUT $ERR"
[[ $(grep -c 'legacy.conf:[0-9]*: warning: legacy role .* is still in use$' <<<"$OUT") == 2 ]] ||
    fail "other warnings: $OUT"

run_split "$DOORWARD" test "${example[@]}"
steps=$((steps + 1))
[[ $RC == 0 && ${OUT##*$'\n'} =~ ^([0-9]+)' passed, 0 failed'$ ]] || fail "test: $RC $OUT $ERR"
((BASH_REMATCH[1] >= 90)) || fail "only ${BASH_REMATCH[1]} tests"

# A comment begins each configuration; what follows shows what it may and where it ends
configurations=$(awk '
    /^  #/ { if (!comment) count++; comment = 1; next }
    /expect = "allow"/ { allow[count] = 1 }
    /expect = "deny"/ { deny[count] = 1 }
    { comment = 0 }
    END { for (i = 1; i <= count; i++) shown += allow[i] && deny[i]; print count, shown }' \
    "$POLICY/tests.d/common-configurations.conf")
steps=$((steps + 1))
[[ $configurations == '11 11' ]] || fail "configurations, and shown with their limit: $configurations"

# Removing a customization restores the default
run_split "$DOORWARD" check vera camera.live-link.share site:acme/HQ "${example[@]}" --at "$AT"
steps=$((steps + 1))
[[ $RC == 0 ]] || fail "customized: $RC $OUT"
sed -i '/^customizations = (/,/^);/d' "$POLICY/organizations.d/acme.d/cameras.conf"
run_split "$DOORWARD" check vera camera.live-link.share site:acme/HQ "${example[@]}" --at "$AT"
steps=$((steps + 1))
[[ $RC == 1 && $OUT == *not-permitted* ]] || fail "restored: $RC $OUT"
pass 'the example organization'
