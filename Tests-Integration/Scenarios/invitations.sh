#!/usr/bin/env bash
# Three wrong codes end an invitation, also when the host is killed between them; it is over when it was
# cancelled, has expired or was used. In each case the right code no longer lets anybody in, and the host
# knows.
source "$(dirname "$0")/lib/harness.sh"

rendezvous_start
for who in ada bob eve may; do home $who; done
for who in ada may; do on $who space create Trip >/dev/null; serve $who; done
members() { on "${1:-ada}" space members Trip --json | grep -o '"role"' | wc -l; }
# over WHY MEMBERS HOME [HOST]: the invitation is gone at the host, and the right code lets nobody in.
over() {
    expect 32 "no open invitation" dunlin invite cancel "$INVITATION" --home "${4:-ada}"
    local code=0
    join "$3" "$CODE" --timeout 2 >out.txt 2>err.txt || code=$?
    case $code in
    32 | 40) [ "$(grep -c . err.txt)" = 1 ] || fail "$1: not one line of error: $(cat err.txt)" ;;
    *) fail "$1: the right code ended with $code: $(cat out.txt err.txt)" ;;
    esac
    expect 20 "no space called" on "$3" list Trip
    code=$(members "${4:-ada}")
    [ "$code" = "$2" ] || fail "$1: the host counts $code members instead of $2"
}

# One minute is the shortest life; this one is looked at again in the end.
start short "$DUNLIN_BIN/dunlin" invite Trip --minutes 1 --home may --json
within 10 said short '"event":"invitation"'
born=$SECONDS

# Three wrong codes. The host waits in a command of its own and is told the truth all along.
start host "$DUNLIN_BIN/dunlin" invite Trip --home ada --json
within 10 said host '"event":"invitation"'
take host
expect 31 "2 attempts" join bob "$WRONG"
within 5 said host '"attemptsLeft":2'
expect 31 "1 attempt" join eve "$WRONG"
within 5 said host '"attemptsLeft":1'
alive host || fail "the host gave up after two attempts"
expect 32 "used up" join bob "$WRONG"
within 5 said host '"attemptsLeft":0'
within 5 said host '"code":32,"error":"All attempts were used up'
over "three wrong codes" 1 bob

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
over "three wrong codes and three kills" 1 bob

# Killed while it answers a wrong code: each guest that is answered has fewer attempts left than the one
# before. killed_answering CODE SECONDS: Bob tries for so long; the host dies when he has typed the code.
killed_answering() {
    local line
    mkfifo said
    join bob "$1" --timeout "$2" >said 2>err.txt &
    exec 7<said
    while read -r line; do
        [[ "$line" != *'"authenticating"'* ]] || break
    done <&7
    kill -9 "${pid_of[ada]}"
    within 5 gone "${pid_of[ada]}"
    guest=$!
    rm said
}
invite ada Trip
last=3 answered=0
for try in 1 2 3 4 5; do
    if [ $try -le 2 ]; then
        killed_answering "$WRONG" 1
        wait $guest || true
        serve ada
    else
        join bob "$WRONG" --timeout 2 2>err.txt >"$ignored" || true
    fi
    if grep -q '"code":31' err.txt; then
        left=$(grep -o '[0-9]* attempt' err.txt | cut -d' ' -f 1)
        [ "$left" -lt $last ] || fail "$left attempts are left after $last were"
        last=$left answered=$((answered + 1))
    elif grep -q '"code":32' err.txt; then
        last=0 answered=$((answered + 1))
    fi
done
[ $last = 0 ] && [ $answered -le 3 ] || fail "$answered wrong codes were answered, $last attempts are left"
over "wrong codes and kills while they are answered" 1 bob

# Cancelled.
start host "$DUNLIN_BIN/dunlin" invite Trip --home ada --json
within 10 said host '"event":"invitation"'
take host
expect 0 cancelled dunlin invite cancel "$INVITATION" --home ada
within 5 said host '"code":32,"error":"The invitation was cancelled'
over cancelled 1 bob

# Killed while it answers the right code: nobody is told that the code is wrong, and the same guest gets in
# later.
invite ada Trip
killed_answering "$CODE" 10
serve ada
wait $guest || true
! grep -q '"code":31' err.txt || fail "the right code was called wrong: $(cat err.txt)"
on bob list Trip >"$ignored" 2>&1 || join bob >bob.log || fail "the right code does not let in after a kill"
[ "$(members)" = 2 ] || fail "Ada counts $(members) members instead of 2"
serve bob
agree ada bob
# It was used: nobody else gets in with it.
over used 2 eve

# Scanned: the ticket holds what would be typed, lets one in, and is sealed in the host's file.
on ada invite Trip --scan --no-wait --json >scan.log
take scan
for who in zoe guy; do home $who; done
[ -z "$CODE" ] || fail "an invitation to be scanned has a code: $(cat scan.log)"
dunlin invitations --home ada --json | grep -q '"kind":"scan"' || fail "it is not listed as one to be scanned"
crash ada
serve ada
expect 64 "instead of a code" on ada invite Trip --scan --unattended
expect 64 "instead of a code" on ada invite Trip --scan --for did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK
# Whoever cannot be let in does not use it.
expect 22 "member already" on bob join "$TICKET" --json
on zoe join "$TICKET" --listen 127.0.0.1:0 --json --timeout 30 >zoe.log 2>&1 \
    || { cat zoe.log; fail "Zoe has scanned the code and is not let in"; }
! grep -q code-needed zoe.log || fail "Zoe was asked for a code: $(cat zoe.log)"
[ "$(members)" = 3 ] || fail "Ada counts $(members) members instead of 3"
expect 32 "no open invitation" dunlin invite cancel "$INVITATION" --home ada
# The host is there, and says so at once.
begin=$SECONDS
expect 32 "was used already" on guy join "$TICKET" --listen 127.0.0.1:0 --json --timeout 30
[ $((SECONDS - begin)) -le 10 ] || fail "it took $((SECONDS - begin)) seconds to hear that an invitation was used"

# ^C ends an invitation that somebody waits for; one that nobody waits for stays, and that is said.
"$DUNLIN_BIN/dunlin" invite Trip --home ada --json >waiting.log 2>err.txt & waiting=$!
within 10 said waiting '"event":"invitation"'
kill -INT $waiting
code=0
wait $waiting || code=$?
[ $code = 130 ] && grep -q "is cancelled" err.txt || fail "^C ended with $code: $(cat err.txt)"
take waiting
! dunlin invitations --home ada --json | grep -q "$INVITATION" || fail "the invitation is open after ^C"
dunlin invite Trip --home ada --no-wait >out.txt 2>err.txt
grep -q "stays open until .* \`dunlin invite cancel [a-z2-7]*\` ends it" err.txt || fail "nobody says what stays open: $(cat err.txt)"

# Expired.
take short
within $((70 - SECONDS + born)) said short '"code":32,"error":"The invitation has expired'
[ $((SECONDS - born)) -ge 59 ] || fail "a minute took $((SECONDS - born)) seconds"
over expired 1 eve may
echo "invitations: three attempts with 0, 3 and 2 kills, cancelled, used, expired: after none of 6 ends" \
    "did the right code let anybody in"
