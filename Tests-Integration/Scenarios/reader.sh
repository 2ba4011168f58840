#!/usr/bin/env bash
# A reader in another language, written from the specification, opens two real homes that were edited apart, and agrees
# with `dunlin export` to the hash of the state. One changed bit in a stored block is noticed.
source "$(dirname "$0")/lib/harness.sh"
reader=$lib/../../Reader/read_home.py

# Any Python that has PyNaCl.
for python in python3 /usr/bin/python3; do "$python" -c 'import nacl' 2>"$ignored" && break; done
"$python" -c 'import nacl' || fail "PyNaCl is missing: apt install python3-nacl, or pip install pynacl"
reads() { "$python" "$reader" "$1" --passphrase-file pass --space Trip; }
# plain FILE: JSON in one form, whoever wrote it.
plain() { "$python" -c 'import json,sys; print(json.dumps(json.load(open(sys.argv[1])), sort_keys=True))' "$1"; }

# agrees HOME: the reader says what the command says.
agrees() {
    export_of "$1" >exported
    reads "$1" >read || fail "the reader cannot read $1's home"
    [ "$(plain exported)" = "$(plain read)" ] || { diff <(plain exported) <(plain read) | cut -c 1-600; fail "the reader sees another space in $1's home"; }
}

rendezvous_start
for who in ada bob; do home $who; done
on ada space create Trip >"$ignored"
note=$(put ada '{"n":{"@counter":1},"text":{"@text":"the quick brown fox"},"list":[1,2,3],"m":{"deep":{"er":[[]]}}}' --type note)
put ada '{"b":{"@bytes":"AAH/"},"d":-0.5,"inf":{"@double":"inf"},"i":-9007199254740993,"s":"é\n\"","t":true,"z":null}' >"$ignored"
put ada "{\"ref\":{\"@ref\":\"$note\"}}" --type link >"$ignored"
gone=$(put ada '{"gone":1}')
agrees ada
serve ada
let_in ada bob
serve bob
agree ada bob
stop ada
stop bob

# Apart, both edit the same places, in many small transactions.
for round in 1 2 3 4 5 6; do
    for who in ada bob; do
        on $who edit Trip "$note" text --at $((RANDOM % 8)) --delete $((RANDOM % 2)) --insert "$who$round🐦" >"$ignored"
        on $who mark Trip "$note" text --at $((RANDOM % 8)) --count $((1 + RANDOM % 6)) --key "k$((RANDOM % 2))" --value $round >"$ignored"
        on $who mark Trip "$note" text --at $((RANDOM % 8)) --count 2 --key k0 --expand none >"$ignored"
        on $who put Trip "{\"@counter\":$((round * 10))}" --object "$note" --path n >"$ignored"
        on $who put Trip "[0,\"$who $round\",$round,3]" --object "$note" --path list >"$ignored"
        on $who put Trip "{\"by\":\"$who\",\"$who\":[$round]}" --object "$note" --path m/deep >"$ignored"
        put $who "{\"of\":\"$who\",\"text\":{\"@text\":\"$round\"}}" >"$ignored"
    done
done
on bob rm Trip "$gone" >"$ignored"
on ada put Trip '2' --object "$gone" --path gone >"$ignored"
on ada rm Trip "$note" --path m/deep/er >"$ignored" || true
agrees ada
agrees bob
serve ada
serve bob
agree ada bob
stop ada
stop bob
agrees ada
agrees bob
runs=$(on ada runs Trip "$note" text --json)
[ "$runs" = "$(on bob runs Trip "$note" text --json)" ] || fail "the two homes show other runs of the text"
grep -q '"k[01]":' <<<"$runs" || fail "no mark shows: $runs"
objects=$(grep -o '"id"' exported | wc -l)

# One bit of one block.
cp -a ada damaged
"$python" - damaged <<'PYTHON'
import glob, sqlite3, sys
for path in glob.glob(sys.argv[1] + "/spaces/*.sqlite"):
    base = sqlite3.connect(path)
    for feed, number, block in base.execute("SELECT feed, number, bytes FROM block ORDER BY feed, number").fetchall()[-1:]:
        flipped = bytearray(block)
        flipped[len(block) // 2] ^= 4
        base.execute("UPDATE block SET bytes = ? WHERE feed = ? AND number = ?", (bytes(flipped), feed, number))
    base.commit()
PYTHON
! reads damaged >"$ignored" 2>err.txt || fail "the reader does not notice a changed bit"
grep -q "not those that its head signs" err.txt || fail "the reader says: $(cat err.txt)"
echo "reader: two homes with $objects objects read as the command exports them, before and after they met; a changed bit is noticed"
