# What the scenarios share; each sources it as its first act. DUNLIN_BIN names the folder of the built
# command.
#
# A scenario works in a temporary folder, in which its homes and logs lie: what the process of home ada
# prints is in ada.log. All that it started ends with it. Nothing hangs: each command has 60 seconds, the
# scenario LIMIT.
set -euo pipefail

: "${DUNLIN_BIN:?names the folder of the built command; \`make integration\` sets it}"
export DUNLIN_KEYRING_PROFILE=test
export PATH="$DUNLIN_BIN:$PATH"
scenario=$(basename "$0" .sh)
lib=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# The scenario runs once more, under a limit for all of it.
if [ "${SCENARIO_LIMITED:-}" != "$scenario" ]; then
    SCENARIO_LIMITED=$scenario timeout -k 10 "${LIMIT:-240}" bash "$0" "$@" && exit
    code=$?
    [ $SECONDS -lt "${LIMIT:-240}" ] || echo "$scenario: took more than ${LIMIT:-240} seconds"
    exit $code
fi

work=$(mktemp -d)
cd "$work"
echo secret >pass
declare -A pid_of=()
ignored=/dev/null

finish() {
    set +e
    exec 2>"$ignored"
    kill -9 "${pid_of[@]}" $(jobs -p)
    wait
    cd /
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 124' TERM INT

# fail SENTENCE: ends the scenario; shows what its processes said last.
fail() {
    local log name
    echo "$scenario: $1"
    for name in "${!pid_of[@]}"; do alive "$name" || echo "-- $name has ended"; done
    for log in "$work"/*.log; do
        [ -s "$log" ] || continue
        echo "-- $(basename "$log" .log) said last:"
        tail -n 8 "$log" | cut -c 1-160
    done
    exit 1
}

# The command, with an end.
dunlin() { timeout --foreground -k 2 60 "$DUNLIN_BIN/dunlin" "$@"; }

# on HOME COMMAND…: the command at that home; by the process that serves it, when one should.
on() {
    local passphrase=(--passphrase-file pass)
    [ -z "${pid_of[$1]:-}" ] || passphrase=()
    dunlin "${@:2}" --home "$1" "${passphrase[@]}"
}

# within SECONDS COMMAND…: repeats a command until it succeeds, at most so long.
within() {
    local end=$((SECONDS + $1 + 1)) command=("${@:2}")
    until "${command[@]}"; do
        [ $SECONDS -lt $end ] || fail "after $1 seconds still not: ${command[*]}"
        sleep 0.05
    done
}

# expect CODE WORDS COMMAND…: the command ends with that exit code and one line of error with those words.
expect() {
    local code=$1 words=$2 found=0
    "${@:3}" >out.txt 2>err.txt </dev/null || found=$?
    [ "$found" = "$code" ] || fail "exit code $found instead of $code: ${*:3}: $(cat out.txt err.txt)"
    [ "$code" = 0 ] || [ "$(grep -c . err.txt)" = 1 ] || fail "not one line of error: ${*:3}: $(cat err.txt)"
    grep -q -- "$words" err.txt out.txt || fail "no word of “$words”: ${*:3}: $(cat out.txt err.txt)"
}

# value FILE FIELD: the first string or number of that name in lines of JSON.
value() { grep -o "\"$2\":\(\"[^\"]*\"\|[-0-9]*\)" "$1" | head -n 1 | sed 's/^"[^"]*"://; s/^"//; s/"$//'; }

# said NAME WORDS: whether that process has printed them.
said() { grep -q -- "$2" "$1.log"; }

alive() { kill -0 "${pid_of[$1]}" 2>/dev/null; }

# start NAME COMMAND…: runs a process in the background; its log is NAME.log.
start() {
    # Here, so that nobody reads what the process before it said.
    : >"$1.log"
    "${@:2}" >>"$1.log" 2>&1 </dev/null &
    pid_of[$1]=$!
    # Else the shell reports each kill.
    disown
}

# rendezvous_start [OPTION…]: runs a rendezvous; RV is its address, RV_PORT its port.
rendezvous_start() {
    start rendezvous "$DUNLIN_BIN/dunlin" rendezvous --listen "127.0.0.1:${RV_PORT:-0}" --json "$@"
    within 10 said rendezvous '"address"'
    RV=$(value rendezvous.log address)
    RV_PORT=${RV##*:}
}

# home NAME [OPTION…]: makes a home that knows the rendezvous.
home() { on "$1" init --name "$1" ${RV:+--rendezvous "$RV"} "${@:2}" >"$ignored" 2>&1; }

# serve HOME [OPTION…]: runs it as a peer.
serve() {
    local options=(--home "$1" --passphrase-file pass --listen 127.0.0.1:0 --json)
    start "$1" "$DUNLIN_BIN/dunlin" sync "${options[@]}" "${@:2}"
    within 10 said_or_dead "$1" '"ready"'
    said "$1" '"ready"' || fail "$1 does not start"
}
said_or_dead() { said "$1" "$2" || ! alive "$1"; }

# stop NAME: ends a process as Ctrl-C would. crash NAME: as a power cut would.
stop() { end "$1" TERM; }
crash() { end "$1" KILL; }
end() {
    kill "-$2" "${pid_of[$1]}" 2>"$ignored" || true
    within 10 gone "${pid_of[$1]}"
    unset "pid_of[$1]"
}
# Ended, whether or not it was waited for.
gone() { ! [ -e "/proc/$1" ] || grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null; }

# port NAME: where that process listens for others.
port() {
    local inodes address state inode
    inodes=$(readlink "/proc/${pid_of[$1]}/fd"/* | grep '^socket:' | tr -dc '0-9\n')
    while read -r _ address _ state _ _ _ _ _ inode _; do
        [ "$state" = 0A ] && grep -qx "$inode" <<<"$inodes" || continue
        echo $((16#${address##*:}))
        return
    done </proc/net/tcp
}

# put HOME JSON [OPTION…]: makes an object in Trip and prints its id, which is then acknowledged.
put() { on "$1" put Trip "${@:2}" --json >"put.$1" && value "put.$1" id; }

# invite HOME SPACE|--device [OPTION…]: opens an invitation: INVITATION, TICKET, CODE and a WRONG code.
invite() {
    on "$1" invite "${@:2}" --no-wait --json >invitation.log
    take invitation
}

# take NAME: the invitation that this process printed.
take() {
    INVITATION=$(value "$1.log" id)
    TICKET=$(value "$1.log" ticket)
    # One without a code has none.
    CODE=$(value "$1.log" code || true)
    WRONG=$([ "$CODE" = 000000 ] && echo 000001 || echo 000000)
}

# join HOME [CODE] [OPTION…]: accepts the last invitation.
join() { on "$1" join "$TICKET" --code "${2:-$CODE}" --listen 127.0.0.1:0 --json "${@:3}"; }

# let_in HOST GUEST [OPTION…]: a member of Trip more.
let_in() { invite "$1" Trip "${@:3}"; join "$2" >"$2.log" 2>&1 || fail "$1 could not let $2 in"; }

# export_of HOME: all its objects in Trip, with the hash of the state.
export_of() { on "$1" export Trip --json; }

# agree A B…: within 20 seconds all hold the same state of Trip, and then the same objects.
agree() {
    local end=$((SECONDS + 21)) home
    until same "$@" || [ $SECONDS -ge $end ]; do
        for home in "$@"; do [ -z "${pid_of[$home]:-}" ] || alive "$home" || fail "$home has ended"; done
        sleep 0.05
    done
    export_of "$1" >"agreed.$1"
    for home in "${@:2}"; do
        export_of "$home" >"agreed.$home"
        cmp -s "agreed.$1" "agreed.$home" || differ "$@"
    done
}
differ() {
    local home
    for home in "$@"; do
        echo "-- $home has $(grep -o '"id"' "agreed.$home" | wc -l) objects:"
        on "$home" status || true
    done
    fail "after 20 seconds these differ: $*"
}
state() { on "$1" status --json >"state.$1" && value "state.$1" stateHash; }
same() {
    local first home
    first=$(state "$1") || return 1
    for home in "${@:2}"; do [ "$(state "$home")" = "$first" ] || return 1; done
}

# unforked A B…: no feed has two different blocks at one place, in whichever homes it lies.
unforked() { python3 "$lib/feeds.py" unforked "$@" || fail "a feed has forked"; }
