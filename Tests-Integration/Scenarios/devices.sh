#!/usr/bin/env bash
# A second device of an identity, a third person let in by the second while the first is off, wrong codes.
source "$(dirname "$0")/lib/harness.sh"

rendezvous_start
for who in ada bob eve; do home $who; done
on ada space create Trip >/dev/null
serve ada
NOTE=$(put ada '{"n":{"@counter":1},"text":{"@text":"a"}}')

# A device of Ada's own identity.
on phone init --device --rendezvous "$RV" >/dev/null 2>&1
invite ada --device
join phone >phone.log 2>&1
identity() { on "$1" whoami --json | value /dev/stdin identity; }
[ "$(identity phone)" = "$(identity ada)" ] || fail "the phone has another identity"

# Bob is an admin; a wrong code first.
invite ada Trip --role admin
expect 31 "2 attempts" join bob "$WRONG"
join bob >bob.log 2>&1
serve bob
agree ada bob

# Ada goes; Bob lets Eve in, who gets Ada's note from him.
stop ada
let_in bob eve
serve eve
agree bob eve
on eve put Trip '{"@counter":5}' --object "$NOTE" --path n >/dev/null
on bob edit Trip "$NOTE" text --at 1 --insert "b" >/dev/null
serve ada
agree ada eve bob
found=$(on ada get Trip "$NOTE" --json)
[ "$found" = '{"n":{"@counter":5},"text":{"@text":"ab"}}' ] || fail "the note is another: $found"
[ "$(on ada space members Trip --json | grep -o '"role"' | wc -l)" = 3 ] || fail "not three members"

# Through the socket every change is shown, in order, before the command ends.
dunlin watch Trip --count 20 --home ada --json >watch.log &
watch=$!
edits=0
while kill -0 $watch 2>/dev/null; do
    on ada edit Trip "$NOTE" text --at 0 --insert x >/dev/null
    edits=$((edits + 1))
    [ $edits -lt 200 ] || fail "watch does not end"
done
wait $watch || fail "watch failed"
[ "$(grep -c '"event":"changed"' watch.log)" = 20 ] || fail "watch lost a change"
unforked ada bob eve
echo "devices: a second device, a third person through the second, a wrong code, 20 of 20 changes watched"
