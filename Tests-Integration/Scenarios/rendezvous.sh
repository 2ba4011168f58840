#!/usr/bin/env bash
# The rendezvous dies and comes back with the same key and port: peers that are linked sync meanwhile, and
# those that come later find each other again.
source "$(dirname "$0")/lib/harness.sh"

rendezvous_start --key-file key
[ "$(stat -c '%a %s' key)" = "600 32" ] || fail "the key file is not a secret of 32 bytes"
for who in ada bob eve; do home $who; done
on ada space create Trip >/dev/null
serve ada
let_in ada bob
serve bob
put ada '{"n":1}' >"$ignored"
agree ada bob
let_in ada eve

# meetings: how often Ada has said that she met it; the first may have been before she spoke.
meetings() { grep -c '"event":"rendezvous"' ada.log || true; }
before=$(meetings)

# It dies: the two are told, and sync on over the link they have.
crash rendezvous
within 10 said ada '"rendezvous-lost"'
within 10 said bob '"rendezvous-lost"'
put ada '{"n":2}' >"$ignored"
put bob '{"n":3}' >"$ignored"
agree ada bob
# Who comes now finds nobody, says so in time, and can work.
expect 40 "No other peer" on eve sync --until-idle --timeout 3 --listen 127.0.0.1:0
put eve '{"n":4}' >"$ignored"
serve eve

# It comes back at the same address; nothing is restarted but itself.
first=$RV
born=$SECONDS
rendezvous_start --key-file key
[ "$RV" = "$first" ] || fail "the rendezvous came back as another: $RV"
agree ada bob eve
back=$((SECONDS - born))
within 10 said eve '"event":"rendezvous"'
[ "$(meetings)" = $((before + 1)) ] || fail "Ada met the rendezvous again $(($(meetings) - before)) times"

# One with another key at that address is not believed.
crash rendezvous
stop bob
rm key
rendezvous_start --key-file key
[ "$RV" != "$first" ] || fail "a new key gives the same address"
expect 40 "No other peer" on bob sync --until-idle --timeout 3 --listen 127.0.0.1:0
[ "$(meetings)" = $((before + 1)) ] || fail "Ada believed another rendezvous"

echo "rendezvous: down twice, back once ($back s until three peers agreed), an impostor not believed"
