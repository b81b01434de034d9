# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What the integration tests share: a private daemon on a policy of its own, waiting with a limit,
# and ending with a reason. meson passes the programs under test in the environment (DOORWARD,
# DOORWARDD, PAM_DOORWARD, PAM_HOST, ...).
#
# A test script sources this, does its steps and ends with `pass TEXT`. Whatever happens, every
# process that it started is ended by its id and its folder is removed.

set -u -o pipefail
umask 022
LC_ALL=C
TZ=UTC
export LC_ALL TZ
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034 # used by the tests
root=$(cd "$here/../.." && pwd)

SKIPPED=77
WORK=$(mktemp -d) || exit 1
chmod 0755 "$WORK"
POLICY=$WORK/policy
STATE=$WORK/state
SOCKET=$WORK/run/decide.sock
DAEMON=
DAEMON_OPTIONS=()
STARTED=()
steps=0

cleanup() {
    local pid
    for pid in ${STARTED[@]+"${STARTED[@]}"}; do
        kill -CONT "$pid" 2>/dev/null && kill -TERM "$pid" 2>/dev/null
    done
    for pid in ${STARTED[@]+"${STARTED[@]}"}; do
        ends_within 5 "$pid" || kill -KILL "$pid" 2>/dev/null
    done
    [[ -n ${KEEP_WORK:-} ]] || rm -rf "$WORK"
}
trap cleanup EXIT

# fail TEXT...: prints why, and what the daemon had to say; ends the test.
fail() {
    printf 'FAILED: %s\n' "$*"
    if [[ -s $WORK/daemon.log ]]; then
        printf -- '--- the last lines of the daemon:\n'
        tail -n 25 "$WORK/daemon.log"
    fi
    exit 1
}

pass() {
    ((steps > 0)) || fail 'nothing was checked'
    [[ -z $DAEMON ]] || daemon_stop
    printf 'passed: %s (%d checks)\n' "$*" "$steps"
    exit 0
}

skip() {
    printf 'skipped: %s\n' "$*"
    exit $SKIPPED
}

needs_root() {
    ((EUID == 0)) || skip 'needs root'
}

# needs_private_mounts "$@": goes on in a mount namespace of its own, where bind mounts touch
# nothing of the machine; call it first, with the script's arguments.
needs_private_mounts() {
    needs_root
    [[ -z ${IN_PRIVATE_MOUNTS:-} ]] || return 0
    unshare --mount --propagation private true 2>/dev/null || skip 'mount namespaces are not allowed'
    trap - EXIT
    rm -rf "$WORK"
    IN_PRIVATE_MOUNTS=1 exec unshare --mount --propagation private bash "$0" "$@"
}

# now_ms: milliseconds on a clock for differences.
now_ms() {
    local up rest
    read -r up rest </proc/uptime
    printf '%s\n' $((10#${up/./} * 10))
}

# ends_within SECONDS PID: waits until a process is gone.
ends_within() {
    local until=$(($(now_ms) + $1 * 1000))
    while kill -0 "$2" 2>/dev/null; do
        (($(now_ms) < until)) || return 1
        sleep 0.05
    done
}

# becomes_true SECONDS COMMAND...: tries again until it succeeds.
becomes_true() {
    local until=$(($(now_ms) + $1 * 1000))
    shift
    until "$@" >/dev/null 2>&1; do
        (($(now_ms) < until)) || return 1
        sleep 0.05
    done
}

# limited COMMAND...: no program under test runs for ever.
limited() {
    timeout --kill-after=5 60 "$@"
}

# run COMMAND...: keeps the exit status in RC and both outputs in OUT. A function of the test sees
# to its limit itself.
run() {
    if declare -F "$1" >/dev/null; then
        OUT=$("$@" 2>&1 </dev/null)
    else
        OUT=$(limited "$@" 2>&1 </dev/null)
    fi
    RC=$?
}

# expect STATUS TEXT COMMAND...: the command ends so, and its output holds TEXT (a pattern for
# grep -E; empty for any).
expect() {
    local status=$1 text=$2
    shift 2
    run "$@"
    steps=$((steps + 1))
    [[ $RC == "$status" ]] || fail "$*: exit status $RC, expected $status: $OUT"
    [[ -z $text ]] || grep -qE -- "$text" <<<"$OUT" || fail "$*: no '$text' in: $OUT"
}

# expect_within MILLISECONDS STATUS TEXT COMMAND...
expect_within() {
    local limit=$1 began
    shift
    began=$(now_ms)
    expect "$@"
    (($(now_ms) - began <= limit)) || fail "${*:3} took $(($(now_ms) - began)) ms, at most $limit"
}

# live SUBCOMMAND...: the command line program on this test's daemon.
live() {
    limited "$DOORWARD" "$@" --socket "$SOCKET"
}

# policy_write NAME LINES...: a file of the policy (organizations.d/acme.conf, doorward.conf).
policy_write() {
    local file=$POLICY/$1
    shift
    mkdir -p "$(dirname "$file")"
    {
        printf '# SPDX-License-Identifier: MIT\n'
        printf '%s\n' "$@"
    } >"$file"
}

# policy_make [SETTING...]: the policy of these tests, and doorward.conf with more settings.
#   alice   may open sessions and doors at HQ        bob    may do neither
#   victor  is suspended                             carol  and others are unknown
policy_make() {
    rm -rf "$POLICY"
    policy_write organizations.d/acme.conf \
        'organization = { name = "acme"; title = "Acme"; };' \
        'sites = ( { name = "HQ"; doors = ( { name = "D1"; }, { name = "D2"; remote_unlock = false; } );' \
        '            hosts = ( { name = "gw-1"; } ); } );' \
        'users = (' \
        '  { name = "alice"; uid = 4711;' \
        '    roles = ( { role = "access-site-manager"; site = "HQ"; }, { role = "access-system-admin"; } ); },' \
        '  { name = "bob"; uid = 4712; },' \
        '  { name = "victor"; uid = 4713; access = { suspended = true; };' \
        '    roles = ( { role = "access-site-manager"; site = "HQ"; } ); } );'
    policy_write doorward.conf \
        'host = "acme/HQ/gw-1";' \
        'break_glass = [ "rescue" ];' \
        'sessions = (' \
        '  { services = [ "sshd", "login", "demo", "demo-permit", "others", "wrong" ]; role = "access-site-manager"; },' \
        '  { services = [ "sudo", "sudo-i", "su", "su-l" ]; role = "access-site-manager"; subject = "caller"; },' \
        '  { services = [ "cron" ]; exempt = true; },' \
        '  { services = [ "door-unlock" ]; permission = "access.door.unlock"; resource = "door"; } );' \
        "$@"
}

# serves: the daemon answers and has a policy; says_something: it answers at all.
serves() {
    live status
}
says_something() {
    live status
    [[ $? == [03] && -S $SOCKET ]]
}

# daemon_run: a private daemon, in the background.
daemon_run() {
    mkdir -p "$(dirname "$SOCKET")" "$STATE"
    chmod 0755 "$(dirname "$SOCKET")"
    chmod 0700 "$STATE"
    "$DOORWARDD" --policy "$POLICY" --roles "$ROLES" --state "$STATE" --socket "$SOCKET" \
        ${DAEMON_OPTIONS[@]+"${DAEMON_OPTIONS[@]}"} 2>>"$WORK/daemon.log" </dev/null &
    DAEMON=$!
    STARTED+=("$DAEMON")
}

# daemon_start: the same, and returns once it serves the policy.
daemon_start() {
    daemon_run
    becomes_true 30 serves || fail 'the daemon does not serve the policy'
}

# daemon_stop: ends it by its id; it has to end cleanly, sanitizers included.
daemon_stop() {
    local pid=$DAEMON result
    DAEMON=
    kill -TERM "$pid" 2>/dev/null
    ends_within 20 "$pid" || fail 'the daemon ignores SIGTERM'
    wait "$pid"
    result=$?
    ((result == 0)) || fail "the daemon ended with $result"
    ! grep -qE 'Sanitizer|runtime error:' "$WORK/daemon.log" || fail 'a sanitizer spoke up'
}

# clock_set TIME: from now on the daemon's clock says TIME (2026-06-01T08:00:00Z); a later time is
# time that has passed. To be called before the daemon is started for the first time. The daemon reads
# it at each use: nothing has to be waited for but what it does by itself, a second later at most.
CLOCK=$WORK/clock
clock_set() {
    DAEMON_OPTIONS=(--virtual-clock "$CLOCK")
    printf '%s\n' "$@" >"$CLOCK.next" && chmod 0644 "$CLOCK.next" && mv "$CLOCK.next" "$CLOCK" ||
        fail 'the clock cannot be set'
}

# clock_jump TIME: somebody sets the clock to TIME, and no time has passed.
clock_jump() {
    clock_set "$1" set
}

# The role catalogue in a folder that nobody else may write, whatever the mode of the clone.
ROLES=$WORK/roles
mkdir -p "$ROLES"
cp "$root"/conf/roles/*.conf "$ROLES"/ 2>/dev/null
chmod -R u=rwX,go=rX "$ROLES"

# stack_write SERVICE LINES...: a PAM service file for pam_host.
STACKS=$WORK/pam.d
stack_write() {
    local file=$STACKS/$1
    shift
    mkdir -p "$STACKS"
    printf '%s\n' "$@" >"$file"
}

# module_line PHASE [ARGUMENT...]: a line with the module under test on this test's daemon.
module_line() {
    local phase=$1
    shift
    printf '%s required %s socket=%s %s\n' "$phase" "$PAM_DOORWARD" "$SOCKET" "$*"
}

# host SERVICE USER [OPTION...] PHASE...: a PAM application with this test's stacks; shows what the
# module writes to the system log.
host() {
    limited "$PAM_HOST" --log --confdir "$STACKS" --service "$1" --user "$2" "${@:3}"
}
