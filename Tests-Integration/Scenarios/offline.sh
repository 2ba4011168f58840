#!/usr/bin/env bash
# Both sides change the same map, text, list and counter while they cannot meet; a third peer gets
# everything from the second while the first is off, and goes on from there.
source "$(dirname "$0")/lib/harness.sh"

rendezvous_start
for who in ada bob eve; do home $who; done
on ada space create Trip >/dev/null
serve ada
let_in ada bob --role admin
serve bob
NOTE=$(put ada '{"title":"Trip","text":{"@text":"abc"},"days":["one","two"],"n":{"@counter":10},"old":true}')
agree ada bob
stop ada
stop bob

# Each alone: no process runs, so the commands open the homes themselves.
change() { on "$1" put Trip "$3" --object "$NOTE" --path "$2" >/dev/null; }
type_in() { on "$1" edit Trip "$NOTE" text "${@:2}" >/dev/null; }
change ada by '"Ada"'
change ada ada '{"seat":1}'
change bob bob '{"seat":2}'
on bob rm Trip "$NOTE" --path old >/dev/null
type_in ada --at 0 --insert "1"
type_in ada --at 4 --insert "2"
type_in bob --at 1 --delete 1 --insert "B🐦"
type_in bob --at 4 --insert "3"
change ada days '["one","ada","two"]'
change bob days '["one","two","bob"]'
change ada n '{"@counter":15}'
change bob n '{"@counter":7}'
mine=$(put ada '{"of":"ada"}')
theirs=$(put bob '{"of":"bob"}')
unforked ada bob
! same ada bob || fail "they agree before they met: nothing was changed"

serve ada
serve bob
agree ada bob
merged=$(on ada get Trip "$NOTE" --json)
# has WORDS: the merged note has that.
has() { [[ "$merged" = *"$1"* ]] || fail "the merged note has no $1: $merged"; }
has '"ada":{"seat":1}'
has '"bob":{"seat":2}'
has '"by":"Ada"'
has '"n":{"@counter":12}'
[[ "$merged" != *'"old"'* ]] || fail "what Bob removed is there: $merged"
# Concurrent insertions at one place come one after the other, in an order that all have.
[[ "$merged" =~ '"@text":"1aB🐦c'(32|23)'"' ]] || fail "the text is another: $merged"
for day in one ada two bob; do
    [[ "${merged#*days}" = *"\"$day\""* ]] || fail "the list lost $day: $merged"
done
[ "$(grep -o '"one"\|"two"' <<<"$merged" | wc -l)" = 2 ] || fail "the list repeats something: $merged"
for id in "$mine" "$theirs"; do
    for who in ada bob; do on $who get Trip "$id" >"$ignored" || fail "$who lacks a new object"; done
done

# Ada goes. Eve gets everything from Bob, Ada's changes among it, and writes.
stop ada
let_in bob eve
serve eve
agree bob eve
[ "$(on eve get Trip "$NOTE" --json)" = "$merged" ] || fail "Eve has another note"
stop bob
type_in eve --at 0 --insert "e"
change eve n '{"@counter":13}'
serve ada
serve bob
agree ada bob eve
[[ "$(on bob get Trip "$NOTE" --json)" = *'"@counter":13'* ]] || fail "Eve's change is lost"
unforked ada bob eve
echo "offline: 13 changes apart, 2 later, 3 peers with the same $(export_of ada | wc -c) bytes"
