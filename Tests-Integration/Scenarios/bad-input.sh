#!/usr/bin/env bash
# Bad input: each gives one clear line, its own exit code, and changes nothing. DUNLIN_BIN names the command's folder.
set -uo pipefail
export PATH="$DUNLIN_BIN:$PATH" DUNLIN_KEYRING_PROFILE=test
work=$(mktemp -d)
pids=()
trap 'for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null; done; wait; rm -rf "$work"' EXIT
cd "$work"
echo secret >pass; echo wrong >wrong
failed=0

# expect CODE WHAT COMMAND…
expect() {
    local code=$1 what=$2; shift 2
    before=$(tree)
    timeout 60 "$@" >out 2>err </dev/null; found=$?
    lines=$(grep -c . err)
    if [ $found != "$code" ]; then echo "$what: exit code $found instead of $code"; cat out err; failed=1; fi
    if [ "$code" != 0 ] && [ "$lines" != 1 ]; then echo "$what: $lines lines instead of one"; cat err; failed=1; fi
    if [ "$(tree)" != "$before" ]; then echo "$what: it changed something"; failed=1; fi
    echo "$what: $(head -1 err)"
}
# What the home keeps: its secrets byte for byte, its objects by their state.
tree() { sha256sum home/keyring home/format; dunlin export Trip --home home --passphrase-file pass --json; dunlin space list --home home --passphrase-file pass --json; }

dunlin init --home home --name Ada --passphrase-file pass >/dev/null 2>&1
dunlin space create Trip --home home --passphrase-file pass >/dev/null
dunlin put Trip '{"a":1}' --home home --passphrase-file pass >/dev/null
on=(--home home --passphrase-file pass)

expect 10 "wrong passphrase" dunlin whoami --home home --passphrase-file wrong
expect 14 "no home" dunlin whoami --home nowhere --passphrase-file pass
expect 15 "home exists" dunlin init "${on[@]}"
expect 20 "unknown space" dunlin list Nowhere "${on[@]}"
expect 21 "unknown object" dunlin get Trip aaaaaaaaaaaaaaaaaaaaaaaaaa "${on[@]}"
expect 21 "malformed object id" dunlin get Trip x "${on[@]}"
expect 23 "malformed JSON" dunlin put Trip '{"a":' "${on[@]}"
expect 23 "reserved field" dunlin put Trip '{"@x":1,"y":2}' "${on[@]}"
expect 30 "malformed invitation" dunlin join dunlin:abc --code 123456 "${on[@]}"
expect 23 "malformed phrase" dunlin recover --home other --passphrase-file pass --phrase-file pass
[ ! -e other ] || { echo "a mistyped phrase left a home behind"; failed=1; }

dunlin rendezvous --listen 127.0.0.1:0 --json >rv & pids+=($!)
for _ in $(seq 50); do [ -s rv ] && break; sleep 0.1; done
port=$(sed 's/.*:\([0-9]*\)".*/\1/' rv)
expect 41 "port in use" dunlin sync "${on[@]}" --listen "127.0.0.1:$port"
expect 41 "rendezvous port in use" dunlin rendezvous --listen "127.0.0.1:$port"

cp -r home damaged
printf 'garbage' | dd of=damaged/keyring bs=1 seek=40 conv=notrunc status=none
expect 11 "damaged keyring" dunlin whoami --home damaged --passphrase-file pass
cp -r home newer; echo 99 >newer/format
expect 12 "newer home" dunlin whoami --home newer --passphrase-file pass
cp -r home newerspace
for file in newerspace/spaces/*.sqlite; do printf '\0\0\0\143' | dd of="$file" bs=1 seek=60 conv=notrunc status=none; done
rm -f newerspace/spaces/*-wal newerspace/spaces/*-shm
expect 12 "newer database" dunlin whoami --home newerspace --passphrase-file pass

# A socket whose process died is cleaned up.
dunlin sync "${on[@]}" --listen 127.0.0.1:0 --json >synced 2>&1 & sync=$!
for _ in $(seq 100); do grep -q ready synced && break; sleep 0.1; done
dunlin whoami --home home >/dev/null || { echo "the socket does not serve"; failed=1; }
kill -9 $sync; wait $sync 2>/dev/null
[ -S home/socket ] || { echo "the dead socket should be there"; failed=1; }
expect 0 "dead socket" dunlin whoami "${on[@]}"

# A rendezvous that is not there: the invitation is answered by nobody.
dead="dunlin-rv://$(sed 's/.*\/\/\([^@]*\)@.*/\1/' rv)@127.0.0.1:1"
cp -r home guest
dunlin invite Trip --home home --passphrase-file pass --rendezvous "$dead" --no-wait --json >inv 2>/dev/null
ticket=$(sed 's/.*"ticket":"\([^"]*\)".*/\1/' inv)
dunlin init --home stranger --name Eve --passphrase-file pass >/dev/null 2>&1
timeout 30 dunlin join "$ticket" --code 000000 --timeout 2 --home stranger --passphrase-file pass --json >out 2>err
[ $? = 33 ] || { echo "unreachable rendezvous: wrong exit code"; cat out err; failed=1; }
grep -q '"event":"rendezvous-lost"\|in time' out err || { cat out err; failed=1; }

[ $failed = 0 ] && echo "bad input: every case gives its line and its code, and changes nothing"
exit $failed
