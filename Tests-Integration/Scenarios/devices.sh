#!/usr/bin/env bash
# A second device of an identity, a third person let in by the second while the first is off, wrong codes.
set -euo pipefail
export PATH="$DUNLIN_BIN:$PATH" DUNLIN_KEYRING_PROFILE=test
work=$(mktemp -d); cd "$work"
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$work"' EXIT
fail() { echo "$1"; exit 1; }
echo secret >pass
value() { sed "s/.*\"$2\":\"\([^\"]*\)\".*/\1/" "$1"; }
serve() { dunlin sync --home "$1" --passphrase-file pass --listen 127.0.0.1:0 --json >"$1.log" 2>&1 & eval "$1_pid=$!"
    for _ in $(seq 100); do grep -q ready "$1.log" && return; sleep 0.1; done; cat "$1.log"; fail "$1 does not start"; }
stop() { local pid="$1_pid"; kill "${!pid}"; wait "${!pid}" || true; }
invite() { dunlin invite "${@:2}" --home "$1" --no-wait --json >inv; TICKET=$(value inv ticket); CODE=$(value inv code); }
agree() { for _ in $(seq 100); do
    [ "$(dunlin export Trip --home "$1" --json)" = "$(dunlin export Trip --home "$2" --json)" ] && return; sleep 0.1
    done; dunlin export Trip --home "$1"; dunlin export Trip --home "$2"; fail "$1 and $2 do not agree"; }

dunlin rendezvous --listen 127.0.0.1:0 --json >rv &
for _ in $(seq 50); do [ -s rv ] && break; sleep 0.1; done
RV=$(value rv address)
for who in ada bob eve; do dunlin init --home $who --name $who --passphrase-file pass --rendezvous "$RV" >/dev/null 2>&1; done
dunlin space create Trip --home ada --passphrase-file pass >/dev/null
serve ada
NOTE=$(dunlin put Trip '{"n":{"@counter":1},"text":{"@text":"a"}}' --home ada --json | sed 's/.*"id":"\([^"]*\)".*/\1/')

# A device of Ada's own identity.
dunlin init --home phone --device --passphrase-file pass --rendezvous "$RV" >/dev/null 2>&1
invite ada --device
dunlin join "$TICKET" --code "$CODE" --home phone --passphrase-file pass --listen 127.0.0.1:0 >/dev/null 2>&1
[ "$(dunlin whoami --home phone --passphrase-file pass --json | sed 's/.*"identity":"\([^"]*\)".*/\1/')" = \
  "$(dunlin whoami --home ada --json | sed 's/.*"identity":"\([^"]*\)".*/\1/')" ] || fail "the phone has another identity"

# Bob is an admin; a wrong code first.
invite ada Trip --role admin
set +e; dunlin join "$TICKET" --code "$([ "$CODE" = 000000 ] && echo 000001 || echo 000000)" --home bob \
    --passphrase-file pass --listen 127.0.0.1:0 >/dev/null 2>err; code=$?; set -e
[ $code = 31 ] || { cat err; fail "a wrong code ended with $code"; }
grep -q "2 attempts" err || { cat err; fail "the attempts left are not said"; }
dunlin join "$TICKET" --code "$CODE" --home bob --passphrase-file pass --listen 127.0.0.1:0 >/dev/null 2>&1
serve bob
agree ada bob

# Ada goes; Bob lets Eve in, who gets Ada's note from him.
stop ada
invite bob Trip
dunlin join "$TICKET" --code "$CODE" --home eve --passphrase-file pass --listen 127.0.0.1:0 >/dev/null 2>&1
serve eve
agree bob eve
dunlin put Trip '{"@counter":5}' --object "$NOTE" --path n --home eve >/dev/null
dunlin edit Trip "$NOTE" text --at 1 --insert "b" --home bob >/dev/null
serve ada
agree ada eve; agree ada bob
[ "$(dunlin get Trip "$NOTE" --home ada --json)" = '{"n":{"@counter":5},"text":{"@text":"ab"}}' ] || {
    dunlin get Trip "$NOTE" --home ada --json; fail "the note is another"; }
[ "$(dunlin space members Trip --home ada --json | grep -o '"role"' | wc -l)" = 3 ] || fail "not three members"
# Through the socket every change is shown, in order, before the command ends.
dunlin watch Trip --count 20 --home ada --json >watched & watcher=$!
for _ in $(seq 100); do sleep 0.02; dunlin edit Trip "$NOTE" text --at 0 --insert x --home ada >/dev/null; kill -0 $watcher 2>/dev/null || break; done
wait $watcher
[ "$(grep -c '"event":"changed"' watched)" = 20 ] || { cat watched; fail "watch lost a change"; }
echo "devices: a second device, a third person through the second, a wrong code"
