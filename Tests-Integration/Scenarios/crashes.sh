#!/usr/bin/env bash
# kill -9 in the middle of commits and of a sync: nothing acknowledged is lost, both sides end alike.
set -euo pipefail
export PATH="$DUNLIN_BIN:$PATH" DUNLIN_KEYRING_PROFILE=test
ROUNDS=${ROUNDS:-12}
work=$(mktemp -d); cd "$work"
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$work"' EXIT
fail() { echo "$1"; exit 1; }
echo secret >pass
value() { sed "s/.*\"$2\":\"\([^\"]*\)\".*/\1/" "$1"; }
serve() { dunlin sync --home "$1" --passphrase-file pass --listen 127.0.0.1:0 --json >"$1.log" 2>&1 & eval "$1_pid=$!"
    for _ in $(seq 100); do grep -q ready "$1.log" && return; sleep 0.1; done; cat "$1.log"; fail "$1 does not start"; }

dunlin rendezvous --listen 127.0.0.1:0 --json >rv &
for _ in $(seq 50); do [ -s rv ] && break; sleep 0.1; done
RV=$(value rv address)
for who in ada bob; do dunlin init --home $who --name $who --passphrase-file pass --rendezvous "$RV" >/dev/null 2>&1; done
dunlin space create Trip --home ada --passphrase-file pass >/dev/null
serve ada
dunlin invite Trip --home ada --no-wait --json >inv
dunlin join "$(value inv ticket)" --code "$(value inv code)" --home bob --passphrase-file pass --listen 127.0.0.1:0 >/dev/null 2>&1

: >acknowledged
for round in $(seq "$ROUNDS"); do
    serve bob
    # Writes until it is killed; what was answered is acknowledged.
    (for n in $(seq 40); do
        id=$(dunlin put Trip "{\"round\":$round,\"n\":$n}" --home bob --json 2>/dev/null) || exit 0
        echo "$id" | sed 's/.*"id":"\([^"]*\)".*/\1/' >>acknowledged
    done) & writer=$!
    dunlin put Trip "{\"ada\":$round}" --home ada >/dev/null
    sleep "0.$((RANDOM % 9))$((RANDOM % 10))"
    kill -9 "$bob_pid"; wait "$bob_pid" 2>/dev/null || true
    wait $writer || true
done
serve bob
for _ in $(seq 200); do
    dunlin export Trip --home ada --json >a; dunlin export Trip --home bob --json >b
    cmp -s a b && break; sleep 0.1
done
cmp -s a b || fail "the two sides differ after $ROUNDS kills"
missing=0
while read -r id; do grep -q "$id" a || missing=$((missing + 1)); done <acknowledged
[ $missing = 0 ] || fail "$missing of $(wc -l <acknowledged) acknowledged objects are lost"
echo "crashes: $ROUNDS kills, $(wc -l <acknowledged) acknowledged objects, none lost, both sides alike"
