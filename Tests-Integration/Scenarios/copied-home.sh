#!/usr/bin/env bash
# A home is put back from a copy, and a home is copied and both go on: no feed holds two different blocks at
# one place, whoever looks, and nothing that was acknowledged is lost.
source "$(dirname "$0")/lib/harness.sh"

rendezvous_start
for who in ada bob; do home $who; done
on ada space create Trip >/dev/null
serve ada
let_in ada bob
serve bob
agree ada bob
# has HOME ID…: these objects are there.
has() {
    local id
    for id in "${@:2}"; do on "$1" get Trip "$id" >"$ignored" 2>&1 || return 1; done
}

# refused CODE COMMAND…: Ada is refused with this code and one line.
refused() {
    local code=0
    on ada "${@:2}" >"$ignored" 2>err.txt || code=$?
    [ "$code" = "$1" ] || fail "dunlin $2 ended with $code instead of $1: $(cat err.txt)"
    [ "$(grep -c . err.txt)" = 1 ] || fail "dunlin $2 says more than one line: $(cat err.txt)"
}

# Put back: Ada's home of yesterday, to which Bob has what she wrote since. She adopts it, meets him, then writes.
stop ada
cp -a ada yesterday
first=$(put ada '{"n":1}')
serve ada
agree ada bob
stop ada
cp -a ada today
rm -r ada
mv yesterday ada
refused 18 put Trip '{"n":0}'
refused 18 sync --until-idle
on ada list Trip >"$ignored" || fail "a copied home cannot be read"
on ada adopt >"$ignored"
refused 19 put Trip '{"n":0}'
serve ada
within 20 has ada "$first"
second=$(put ada '{"n":2}')
agree ada bob
has bob "$first" "$second" || fail "what was written before or after the home was put back is lost"
unforked today ada bob
stop ada

# Put back, and she writes before she meets anybody: both writes are there in the end.
cp -a ada older
third=$(put ada '{"n":3}')
serve ada
agree ada bob
stop ada
rm -r ada
mv older ada
on ada adopt >"$ignored"
refused 19 put Trip '{"n":4}'
serve ada
within 20 has ada "$third" || fail "Bob's copy of what Ada wrote before does not come back"
fourth=$(put ada '{"n":4}')
agree ada bob
has bob "$third" "$fourth" || fail "of what was written before and after the home was put back, one is lost"
unforked ada bob
stop ada

# Copied: the same device twice, each with a write of its own, then with each other and Bob online.
cp -a ada twin
fifth=$(put ada '{"n":5}')
code=0
put twin '{"n":6}' 2>err.txt >"$ignored" || code=$?
[ "$code" = 18 ] || fail "a copied home that still has its twin ended with $code: $(cat err.txt)"
serve ada
within 20 has bob "$fifth"
unforked ada twin bob
echo "copied-home: put back twice, copied once (the copy refuses to write), no feed forked"
