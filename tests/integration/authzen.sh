#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The AuthZEN API with a client that is not ours: curl with client certificates, doorward-http,
# doorwardd. Every answer is held against the schemas of tests/http/schemas, and after everything that
# was malformed, unknown or somebody else's the journal holds no unlock that was not asked for.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/gateway_lib.sh
. "$here/gateway_lib.sh"
needs_root

UNLOCK=access.door.unlock

# ---- Asking ----

# post NAME PATH BODY [OPTION...]: asks as the caller with that certificate. CODE is the HTTP status,
# BODY the answer; a good one keeps to its schema, an error is plain text.
post() {
    local name=$1 path=$2 body=$3
    shift 3
    CODE=$(curl_as "$name" "$path" --header 'Content-Type: application/json' --header 'Expect:' \
        --data-binary "$body" --dump-header "$WORK/head" "$@") || CODE=none
    BODY=$(<"$WORK/body")
    check_answer "$path"
}

# curl_as NAME PATH OPTION...: prints the HTTP status and the type; the body is in $WORK/body.
curl_as() {
    curl --silent --max-time 30 --cacert "$CERTIFICATES/authority.pem" \
        --cert "$CERTIFICATES/$1.pem" --key "$CERTIFICATES/$1.key" --output "$WORK/body" \
        --write-out '%{http_code} %{content_type}' "${@:3}" "https://127.0.0.1:$FRONT_PORT$2"
}

check_answer() { # PATH
    local schema type=${CODE#* }
    CODE=${CODE%% *}
    case $1 in
    */evaluation) schema=decision ;;
    */evaluations) schema=evaluations ;;
    */search/*) schema=search-${1##*/} ;;
    *) schema=metadata ;;
    esac
    [[ $BODY == '{"decision":'* ]] && schema=decision
    if [[ $CODE != 200 ]]; then
        [[ $type == text/plain* ]] || fail "$1: $CODE is '$type': $BODY"
        return
    fi
    [[ $type == application/json ]] || fail "$1: $CODE is '$type': $BODY"
    "$SCHEMA_CHECK" "$root/tests/http/schemas/$schema.json" <"$WORK/body" >"$WORK/why" ||
        fail "$1: $(<"$WORK/why"): $BODY"
}

# answers FILTER POST...: it is answered, and jq's filter holds for the answer.
answers() {
    local filter=$1
    shift
    : >"$WORK/body"
    post "$@"
    steps=$((steps + 1))
    [[ $CODE == 200 ]] || fail "$2 $3: $CODE $BODY"
    jq -e "$filter" >/dev/null <<<"$BODY" || fail "$2 $3: not $filter: $BODY"
}

# refused CODE TEXT POST...: an error with that status, whose text holds TEXT.
refused() {
    local code=$1 text=$2
    shift 2
    : >"$WORK/body"
    post "$@"
    steps=$((steps + 1))
    [[ $CODE == "$code" && $BODY == *"$text"* ]] || fail "$2 ${3:0:200}: $CODE $BODY, not $code $text"
}

# refuses CODE TEXT NAME PATH BODY: the same, asked by refuses_all, which asks all of them with one
# curl on kept connections.
QUEUE=()
refuses() {
    local file=$WORK/queue.${#QUEUE[@]}
    printf '%s' "$5" >"$file"
    printf '%s\n' "url = \"https://127.0.0.1:$FRONT_PORT$4\"" "data-binary = \"@$file\"" \
        "cacert = \"$CERTIFICATES/authority.pem\"" "cert = \"$CERTIFICATES/$3.pem\"" \
        "key = \"$CERTIFICATES/$3.key\"" 'header = "Content-Type: application/json"' \
        'header = "Expect:"' "output = \"$file.answer\"" 'max-time = 20' \
        'write-out = "%{http_code} %{content_type}\n"' next >>"$WORK/queue"
    QUEUE+=("$1 $2")
}
refuses_all() {
    local i=0 body
    [[ $(tail -n 1 "$WORK/queue") != next ]] || sed -i '$d' "$WORK/queue"
    limited curl --silent --config "$WORK/queue" >"$WORK/codes" || fail 'curl could not ask'
    while read -r CODE type; do
        body=$(<"$WORK/queue.$i.answer")
        steps=$((steps + 1))
        [[ $CODE == "${QUEUE[i]%% *}" && $type == text/plain* && $body == *"${QUEUE[i]#* }"* ]] ||
            fail "$(head -c 200 "$WORK/queue.$i"): $CODE $type $body, not ${QUEUE[i]}"
        i=$((i + 1))
    done <"$WORK/codes"
    ((i == ${#QUEUE[@]})) || fail "only $i of ${#QUEUE[@]} answers"
    QUEUE=()
    rm -f "$WORK"/queue*
}

# question USER ACTION TYPE ID [CONTEXT]: a body.
question() {
    printf '{"subject":{"type":"user","id":"%s"},"action":{"name":"%s"},"resource":{"type":"%s","id":"%s"}%s}' \
        "$1" "$2" "$3" "$4" "${5:+,\"context\":$5}"
}

# unlocks: how many unlocks the journal holds that were allowed.
unlocks() {
    sqlite3 "$STATE/journal.db" \
        "SELECT count(*) FROM events WHERE kind IN ('unlock', 'enter') AND decision = 'allow'"
}

# unlocks_are NUMBER WHEN
unlocks_are() {
    steps=$((steps + 1))
    [[ $(unlocks) == "$1" ]] || fail "$(unlocks) unlocks $2, not $1"
}

# ---- Everything in place ----

certificates_make
for name in panel asker kiosk branch wide unlisted; do
    certificate_make "$name"
done
caller() { # NAME SITES RIGHTS
    printf '{ name = "%s"; certificate = "%s"; sites = [ "%s" ]; may = [ %s ]; }' \
        "$1" "$(fingerprint "$1")" "$2" "$3"
}
policy_make "fronts = ( { name = \"doorward-http\"; uid = $FRONT_UID; } );"
policy_write organizations.d/acme.d/callers.conf \
    'site_additions = ( { site = "HQ"; sites = ( { name = "Tower"; doors = ( { name = "D3"; } ); } ); } );' \
    'sites = ( { name = "Branch"; doors = ( { name = "D9"; } ); } );' \
    'users = ( { name = "erin"; roles = (' \
    '  { role = "access-site-manager"; site = "HQ"; }, { role = "access-site-manager"; site = "Branch"; } ); } );' \
    'callers = (' \
    "  $(caller panel HQ '"ask", "unlock", "vouch"')," \
    "  $(caller asker HQ '"ask", "vouch"')," \
    "  $(caller kiosk HQ '"ask"')," \
    "  $(caller branch Branch '"ask", "unlock", "vouch"')," \
    "  $(caller wide HQ '"ask", "unlock", "vouch"' | sed 's/sites[^;]*;//') );"
daemon_start
front_start 'limits = { requests_per_second = 1000; requests_burst = 1000; };'

E=/access/v1/evaluation
S=/access/v1/search

# ---- Metadata and the request's identifier ----

answers ".policy_decision_point == \"https://127.0.0.1:$FRONT_PORT\" and
    .access_evaluation_endpoint == \"https://127.0.0.1:$FRONT_PORT/access/v1/evaluation\"" \
    panel /.well-known/authzen-configuration '' --get --header 'Content-Type:'
answers '.decision' asker $E "$(question alice $UNLOCK door acme/HQ/D1)" \
    --header 'X-Request-ID: bfe9eb29-ab87-4ca3-be83-a1d5d8305716'
grep -qi '^X-Request-ID: bfe9eb29-ab87-4ca3-be83-a1d5d8305716' "$WORK/head" ||
    fail 'the request id is not repeated'
refused 400 malformed-json asker $E '{' --header 'X-Request-ID: 7'
grep -qi '^X-Request-ID: 7' "$WORK/head" || fail 'the request id of an error is not repeated'

# ---- Evaluation ----

answers '.decision and .context.reason == "granted-by-role" and .context.command == null' \
    asker $E "$(question alice $UNLOCK door acme/HQ/D1)"
answers '.decision == false and .context.reason == "not-permitted"' \
    asker $E "$(question bob $UNLOCK door acme/HQ/D1)"
answers '.decision == false and .context.reason == "unknown-subject"' \
    asker $E "$(question nobody-here $UNLOCK door acme/HQ/D1)"
answers '.decision == false and .context.reason == "suspended"' \
    asker $E "$(question victor $UNLOCK door acme/HQ/D1)"
answers '.decision == false and .context.reason == "no-such-object"' \
    asker $E "$(question alice access.door-schedule.apply door acme/HQ/D1 '{"with":["schedule:acme/Night"]}')"
answers '.decision == false and .context.reason == "unknown-subject"' \
    kiosk $E '{"subject":{"type":"caller","id":"acme/kiosk"},"action":{"name":"access.door.view"},
               "resource":{"type":"door","id":"acme/HQ/D1"}}'
answers '.decision' asker $E '{"subject":{"type":"user","id":"alice","colour":"red"},"newer":[1],
    "action":{"name":"access.door.view","since":2},"resource":{"type":"door","id":"acme/HQ/D1","x":{}}}'
unlocks_are 0 'after questions'

# Who may unlock has unlocked; with ask_only nothing moves.
answers '.decision and .context.command == null' \
    panel $E "$(question alice $UNLOCK door acme/HQ/D1 '{"ask_only":true}')"
unlocks_are 0 'after ask_only'
answers '.decision and .context.command.door == "acme/HQ/D1" and
    .context.command.id == .context.decision_id and .context.command.release_seconds == 5' \
    panel $E "$(question alice $UNLOCK door acme/HQ/D1)"
unlocks_are 1 'after an unlock'
id=$(jq -r .context.decision_id <<<"$BODY")
[[ $(sqlite3 "$STATE/journal.db" "SELECT subject || ' ' || resource || ' ' || caller_name FROM events
    WHERE decision_id = '$id' AND kind = 'unlock'") == 'alice door:acme/HQ/D1 caller:acme/panel' ]] ||
    fail 'the unlock is not in the journal'
answers '.decision == false and .context.command == null' panel $E "$(question bob $UNLOCK door acme/HQ/D1)"
answers '.decision == false and .context.reason == "remote-unlock-disabled"' \
    panel $E "$(question alice $UNLOCK door acme/HQ/D2)"
answers '.decision == false and .context.reason == "no-door-access"' \
    panel $E "$(question alice access.door.enter door acme/HQ/D1)"
unlocks_are 1 'after denials'

# ---- Evaluations ----

D1='{"resource":{"type":"door","id":"acme/HQ/D1"}}'
D2='{"resource":{"type":"door","id":"acme/HQ/D2"}}'
D7='{"resource":{"type":"door","id":"acme/HQ/D7"}}'
D9='{"resource":{"type":"door","id":"acme/Branch/D9"}}'
batch() { # SEMANTIC ITEM...
    local items options=''
    items=$(IFS=,; printf '%s' "${*:2}")
    [[ -z $1 ]] || options="\"options\":{\"evaluations_semantic\":\"$1\",\"newer\":1},"
    printf '{"subject":{"type":"user","id":"erin"},"action":{"name":"%s"},%s"evaluations":[%s]}' \
        $UNLOCK "$options" "$items"
}
answers '[.evaluations[].decision] == [true, false, true]' panel ${E}s "$(batch '' $D1 $D2 $D1)"
answers '[.evaluations[].decision] == [true, false, true]' panel ${E}s "$(batch execute_all $D1 $D2 $D1)"
answers '[.evaluations[].decision] == [true, false]' panel ${E}s "$(batch deny_on_first_deny $D1 $D2 $D1)"
answers '[.evaluations[].decision] == [true]' panel ${E}s "$(batch permit_on_first_permit $D1 $D2 $D1)"
answers '[.evaluations[].decision] == [false, true]' panel ${E}s "$(batch permit_on_first_permit $D2 $D1 $D2)"
LOOK='{"action":{"name":"access.door.look"},"resource":{"type":"door","id":"acme/Branch/D9"}}'
answers '[.evaluations[].decision] == [true, false, false, true] and
    .evaluations[1].context.error.status == 400 and .evaluations[1].context.reason == "unknown-permission" and
    .evaluations[2].context.error.status == 403 and .evaluations[2].context.reason == "not-allowed"' \
    branch ${E}s "$(batch execute_all $D9 "$LOOK" $D1 $D9)"
answers '[.evaluations[].decision] == [false]' panel ${E}s "$(batch deny_on_first_deny $D7 $D1)"
answers '.evaluations == null and .decision and .context.command == null' panel ${E}s \
    "$(question alice $UNLOCK door acme/HQ/D1)"
answers '.decision' panel ${E}s "$(question alice $UNLOCK door acme/HQ/D1 | sed 's/}$/,"evaluations":[]}/')"
refuses 400 'evaluations[1].resource is missing' panel ${E}s "$(batch '' $D1 '{}')"
refuses 400 'evaluations[0] must be an object' panel ${E}s "$(batch '' 1)"
refuses 400 'evaluations_semantic' panel ${E}s "$(batch first $D1)"
refuses 400 'must be an array' panel ${E}s '{"evaluations":{}}'
refuses 400 'At most 64' panel ${E}s "$(batch '' $(for _ in {1..65}; do echo $D1; done))"
refuses_all
unlocks_are 1 'after batches'

# ---- Searches ----

U='{"subject":{"type":"user"},"action":{"name":"access.door.unlock"},"resource":{"type":"door","id":"acme/HQ/D1"}'
R='{"subject":{"type":"user","id":"erin"},"action":{"name":"access.door.unlock"},"resource":{"type":"door"}'
A='{"subject":{"type":"user","id":"erin"},"resource":{"type":"door","id":"acme/HQ/D1"}'
answers '[.results[].id] == ["alice", "erin"] and .page.next_token == ""' asker $S/subject "$U}"
answers '[.results[].id] == ["acme/HQ/D1", "acme/HQ/Tower/D3"] and .results[0].type == "door"' asker $S/resource "$R}"
answers '[.results[].id] == ["acme/Branch/D9"]' branch $S/resource "$R}"
answers '[.results[].name] | index("access.door.unlock") != null and index("org.org.update") == null' asker $S/action "$A}"
answers '.results == []' asker $S/action "${A/erin/bob}}"
answers '.results == []' asker $S/resource "${R/erin/nobody-here}}"

# pages PATH BODY: reads all pages of two results; prints how many there were, and the results.
pages() {
    local token='' results='[]' count=0
    while ((++count < 40)); do
        answers '.page.count <= 2 and .page.count == (.results | length)' asker "$1" \
            "$2,\"page\":{\"limit\":2${token:+,\"token\":\"$token\"}}}"
        results=$(jq -c --argjson before "$results" '$before + .results' <<<"$BODY")
        token=$(jq -r .page.next_token <<<"$BODY")
        [[ -n $token ]] || break
    done
    PAGES=$count
    RESULTS=$results
}
answers '.results | length > 4' asker $S/action "$A}"
whole=$(jq -c .results <<<"$BODY")
pages $S/action "$A"
[[ $RESULTS == "$whole" ]] || fail "pages of two are not the whole: $RESULTS"
((PAGES == ($(jq length <<<"$whole") + 1) / 2)) || fail "$PAGES pages"
answers '.page.count == 1 and .page.next_token != ""' asker $S/subject "$U,\"page\":{\"limit\":1}}"
token=$(jq -r .page.next_token <<<"$BODY")
answers '[.results[].id] == ["erin"] and .page.next_token == ""' asker $S/subject "$U,\"page\":{\"token\":\"$token\"}}"
answers '.results == [] and .page.next_token != ""' asker $S/subject "$U,\"page\":{\"limit\":0}}"
refuses 400 'another search' asker $S/subject "$U,\"page\":{\"token\":\"$token\",\"limit\":2}}"
refuses 400 'another search' asker $S/subject "${U/D1/D2},\"page\":{\"token\":\"$token\"}}"
refuses 400 'another search' panel $S/subject "$U,\"page\":{\"token\":\"$token\"}}"
refuses 400 'no token' asker $S/subject "$U,\"page\":{\"token\":\"x\"}}"
refuses 400 'page.limit' asker $S/subject "$U,\"page\":{\"limit\":-1}}"
refuses 400 'page.limit' asker $S/subject "$U,\"page\":{\"limit\":1.5}}"
refuses 400 'page must be' asker $S/subject "$U,\"page\":[]}"
refuses 400 'considered' asker $S/subject "$U,\"page\":{\"properties\":{\"sort\":1}}}"
refuses 400 'considered' asker $S/resource "$R,\"context\":{\"time\":\"2024-10-26T01:22-07:00\"}}"
refuses 400 'unknown-permission' asker $S/resource "${R/unlock/look}}"
refuses 400 'unknown-resource' asker $S/resource "${R/door\"\}/camera\"\}}}"
refuses 403 not-allowed branch $S/subject "$U}"
refuses 403 not-allowed branch $S/action "$A}"
refuses 403 not-allowed kiosk $S/resource "$R}"
refuses_all
policy_write organizations.d/acme.d/more.conf 'floorplans = ( { name = "F1"; } );'
expect 0 '' live reload
refused 400 page-changed asker $S/subject "$U,\"page\":{\"token\":\"$token\"}}"
unlocks_are 1 'after searches'

# ---- Bad input: each has its answer, and none is an unlock ----

good=$(question alice $UNLOCK door acme/HQ/D1)
refuses 400 malformed-json panel $E ''
refuses 400 'Line 1, column' panel $E "${good%?}"
refuses 400 'behind the document' panel $E "$good x"
refuses 400 'behind the document' panel $E "$good$good"
refuses 400 'twice' panel $E "${good/\"action\"/\"subject\":{},\"action\"}"
refuses 400 'twice' panel $E "${good/\"name\"/\"n\\u0061me\":\"access.door.view\",\"name\"}"
refuses 400 'not UTF-8' panel $E "${good/alice/$'al\xffice'}"
refuses 400 'not JSON' panel $E "${good/alice/al\\ud800ice}"
refuses 400 'NUL' panel $E "${good/alice/alice\\u0000}"
refuses 400 'not JSON' panel $E "${good//\"/\'}"
refuses 400 'nested too deeply' panel $E "$(printf '[%.0s' {1..10000})"
refuses 400 'nested too deeply' panel $E "${good%?},\"x\":$(printf '{"x":%.0s' {1..9999})"
refuses 400 'must be a JSON object' panel $E '[]'
refuses 400 'must be an object' panel $E "${good/{\"type\":\"user\",\"id\":\"alice\"\}/\"alice\"}"
refuses 400 'subject.id must be a string' panel $E "${good/\"alice\"/1}"
refuses 400 'subject.id must be a string' panel $E "${good/\"alice\"/null}"
refuses 400 'resource.id must be a string' panel $E "${good/\"acme\/HQ\/D1\"/[\"acme\/HQ\/D1\"]}"
refuses 400 'action.name must be a string' panel $E "${good/\"$UNLOCK\"/true}"
refuses 400 'subject.id is missing' panel $E "${good/\"id\":\"alice\"/\"ID\":\"alice\"}"
refuses 400 'subject is missing' panel $E "${good/\"subject\"/\"Subject\"}"
refuses 400 'subject' panel $E "${good/user/machine}"
refuses 400 'resource.type' panel $E "${good/\"door\"/\"door:acme\"}"
refuses 400 'context.ask_only' panel $E "$(question alice $UNLOCK door acme/HQ/D1 '{"ask_only":"true"}')"
refuses 400 'context.time would not' panel $E "$(question alice $UNLOCK door acme/HQ/D1 '{"time":"x"}')"
refuses 400 'context must be' panel $E "$(question alice $UNLOCK door acme/HQ/D1 '[]')"
refuses 400 'resource.properties' panel $E "${good/HQ\/D1\"/HQ\/D1\",\"properties\":\{\"private\":\"true\"\}}"
refuses 400 'subject.properties.role would' panel $E "${good/\"alice\"/\"alice\",\"properties\":\{\"role\":\"root\"\}}"
refuses 400 'neither properties' panel $E "${good/HQ\/D1\"/HQ\/D1\",\"properties\":\{\"private\":true\}}"
refuses 400 unknown-permission panel $E "${good/$UNLOCK/access.door.open}"
refuses 400 malformed-query panel $E "${good/$UNLOCK/grant}"
refuses 400 unknown-resource wide $E "${good/HQ\/D1/HQ\/D7}"
refuses 403 not-allowed panel $E "${good/HQ\/D1/HQ\/D7}" # who is bound to sites is told nothing
refuses 400 malformed-query asker $E "${good/acme\/HQ\/D1/acme\/..\/D1}"
refused 415 wrong-content-type panel $E "$good" --header 'Content-Type: text/plain'
refused 405 wrong-method panel $E '' --request GET --header 'Content-Type:'
refuses 404 unknown-path panel /access/v1/evaluate "$good"

# Others' sites, others' subjects, and who is no caller.
refuses 403 not-allowed branch $E "$good"
refuses 403 not-allowed panel $E "$(question erin $UNLOCK door acme/Branch/D9)"
refuses 403 not-allowed kiosk $E "$good"
refuses 403 not-allowed kiosk $E "${good/\"user\",\"id\":\"alice\"/\"caller\",\"id\":\"acme/panel\"}"
CODE=$(curl_as unlisted $E --header 'Content-Type: application/json' --data-binary "$good") &&
    fail "a certificate that is nobody's was served: $CODE"

# A hundred megabytes that begin with a good unlock: refused by what they say of their length, and cut
# off when they say nothing.
printf '%s' "$good" >"$WORK/large"
truncate --size 100000000 "$WORK/large"
large() { # OPTION...
    CODE=$(curl_as panel $E --header 'Content-Type: application/json' --request POST "$@")
    steps=$((steps + 1))
}
large --upload-file "$WORK/large"
[[ $CODE == 413* ]] || fail "a body of 100 MB: $CODE"
large --header 'Transfer-Encoding: chunked' --upload-file - <"$WORK/large"
[[ $CODE != 200* ]] || fail 'a body of 100 MB in chunks was served'
refuses_all
unlocks_are 1 'after bad input'

# doorwardd is away: no decision.
daemon_stop
refused 503 daemon-unavailable panel $E "$good"
refused 503 daemon-unavailable panel ${E}s "$(batch '' $D1)"
refused 503 daemon-unavailable asker $S/subject "$U}"
unlocks_are 1 'without doorwardd'

front_stop
pass 'decisions, batches and searches by certificate'
