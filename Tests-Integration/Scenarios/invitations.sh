#!/usr/bin/env bash
# Three wrong codes end an invitation, also when the host is killed between them; it is over when it was cancelled,
# has expired or was used. In each case the right code no longer lets anybody in, and the host knows.
source "$(dirname "$0")/lib/harness.sh"

rendezvous_start
for who in ada bob eve; do home $who; done
on ada space create Trip >/dev/null
serve ada
# outside HOME: not let in, by its own account and by Ada's.
members() { on ada space members Trip --json | grep -o '"role"' | wc -l; }
outside() {
    expect 20 "no space called" on "$1" list Trip
    [ "$(members)" = "${2:-1}" ] || fail "Ada counts $(members) members"
}
# over WHAT: the invitation is gone at the host, and the right code is refused.
over() {
    expect 32 "no open invitation" dunlin invite cancel "$INVITATION" --home ada
    local code=0
    join bob "$CODE" --timeout 3 >out.txt 2>err.txt || code=$?
    case $code in
    32 | 33) [ "$(grep -c . err.txt)" = 1 ] || fail "$1: not one line of error: $(cat err.txt)" ;;
    *) fail "$1: the right code ended with $code: $(cat out.txt err.txt)" ;;
    esac
    outside bob "${2:-1}"
}

# Three wrong codes. The host waits in the foreground of another command and tells the truth all along.
start host "$DUNLIN_BIN/dunlin" invite Trip --home ada --json
within 10 said host '"event":"invitation"'
INVITATION=$(value host.log id) TICKET=$(value host.log ticket) CODE=$(value host.log code)
WRONG=$([ "$CODE" = 000000 ] && echo 000001 || echo 000000)
expect 31 "2 attempts" join bob "$WRONG"
within 5 said host '"attemptsLeft":2'
expect 31 "1 attempt" join eve "$WRONG"
within 5 said host '"attemptsLeft":1'
alive host || fail "the host gave up after two attempts"
expect 32 "used up" join bob "$WRONG"
within 5 said host '"attemptsLeft":0'
within 5 said host "used up"
within 5 gone "${pid_of[host]}"
[ "$(value host.log code)" = "$CODE" ] && grep -q '"code":32' host.log || fail "the host's end has no code 32"
over "three wrong codes"

# The same, and the host is killed after each attempt: what was used stays used.
invite ada Trip
for left in 2 1; do
    expect 31 "$left attempt" join bob "$WRONG"
    crash ada
    serve ada
done
expect 32 "used up" join bob "$WRONG"
crash ada
serve ada
over "three wrong codes and three kills"

# Killed with a guest connected whose attempt was counted but not answered: never one attempt more than three.
invite ada Trip
used=0
for _ in $(seq 8); do
    join bob "$WRONG" --timeout 1 >out.txt 2>err.txt & guest=$!
    within 5 connected_or_over
    sleep "0.00$((RANDOM % 10))"
    crash ada
    wait $guest || true
    serve ada
done 2>/dev/null
echo
