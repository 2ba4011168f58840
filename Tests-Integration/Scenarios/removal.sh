#!/usr/bin/env bash
# Eve is taken out: connected, she loses her links and reads nothing any more, also when somebody hands her everything
# that the others write. Away, she is told when she comes back. What she wrote before stays.
source "$(dirname "$0")/lib/harness.sh"
reader=$lib/../../Reader

# Any Python that has PyNaCl.
for python in python3 /usr/bin/python3; do "$python" -c 'import nacl' 2>"$ignored" && break; done
"$python" -c 'import nacl' || fail "PyNaCl is missing: apt install python3-nacl, or pip install pynacl"
python() { "$python" -B "$@"; }
# opened HOME SOURCE [OPTION…]: which data blocks of one home's database the keys of the other open.
opened() { python "$reader/try_keys.py" "$1" "$2" --passphrase-file pass --space Trip "${@:3}"; }
# sum COLUMN FILE
sum() { awk -v column="$1" '{ total += $column } END { print total + 0 }' "$2"; }
# agrees HOME: the second reader, which knows who is out and what is kept, says what the command says.
agrees() {
    export_of "$1" >exported
    python "$reader/read_home.py" "$1" --passphrase-file pass --space Trip >read || fail "the reader cannot read $1's home"
    python - exported read <<'PYTHON' || fail "the reader sees another space in $1's home"
import json, sys
sys.exit(json.load(open(sys.argv[1])) != json.load(open(sys.argv[2])))
PYTHON
}
identity() { on "$1" whoami --json | value /dev/stdin identity; }
role() { on "$1" space list --json | value /dev/stdin role; }
members() { on "$1" space members Trip --json | grep -o '"role"' | wc -l; }
has_members() { [ "$(members "$1")" = "$2" ]; }
links() { on "$1" status --json | grep -o '"peers":\[[^]]*\]' | grep -o '"device"' | wc -l; }
is_alone() { [ "$(links "$1")" = 0 ]; }
is_out() { [ "$(role "$1")" = none ]; }
meetings() { grep -c '"event":"connected"' "$1.log" || true; }
# write HOME TIMES WORD
write() {
    local time
    for time in $(seq "$2"); do put "$1" "{\"by\":\"$1\",\"word\":\"$3 $time\"}" >"$ignored"; done
}

rendezvous_start
for who in ada bob eve; do home $who; done
on ada space create Trip >"$ignored"
serve ada
let_in ada bob
serve bob
let_in ada eve
serve eve
EVE=$(identity eve)
for who in ada bob eve; do write $who 3 before; done
NOTE=$(put eve '{"text":{"@text":"eve was here"}}')
agree ada bob eve
[ "$(links eve)" = 2 ] || fail "Eve has $(links eve) links instead of 2"

# Before: each home opens all.
for who in bob eve; do
    opened $who ada >before.$who
    [ "$(sum 3 before.$who)" = "$(sum 4 before.$who)" ] || fail "$who could not read what it may: $(cat before.$who)"
done
before=$(sum 3 before.eve)

# Taken out while connected. Two seconds; the shell counts whole ones.
start=$(date +%s%N)
on ada space remove Trip "$EVE" >"$ignored"
until is_out eve && is_alone eve; do
    [ $(($(date +%s%N) - start)) -lt 2000000000 ] || fail "after 2 seconds Eve is $(role eve) with $(links eve) links"
done
took=$((($(date +%s%N) - start) / 1000000))
met=$(meetings eve)
within 5 has_members bob 2
[ "$(members ada)" = 2 ] && [ "$(members eve)" = 2 ] || fail "not all see two members"
expect 22 "needs the role editor" on eve put Trip '{"late":1}'
for who in ada bob; do write $who 5 after; done
on bob edit Trip "$NOTE" text --at 0 --insert "once " >"$ignored"
agree ada bob
sleep 3
is_alone eve || fail "Eve is linked again"
[ $(($(meetings eve) - met)) -le 4 ] || fail "the others met Eve $(($(meetings eve) - met)) times in 3 seconds"

# Her database has nothing of what came after.
stop eve
stop ada
stop bob
opened eve eve --from before.eve >after.own
[ "$(awk '{ print $3 - $2 }' after.own | sort -rn | head -n 1)" = 0 ] || fail "Eve was sent blocks: $(cat after.own)"
# Somebody hands her all of it. Her keyring and what she ever had open none, through all wraps; Bob's opens all.
opened eve ada --from before.eve >after.eve
opened bob ada --from before.eve >after.bob
written=$(awk '{ total += $3 - $2 } END { print total }' after.eve)
[ "$written" -ge 11 ] || fail "only $written blocks were written after the removal"
[ "$(sum 4 after.eve)" = 0 ] || fail "Eve's keys open $(sum 4 after.eve) of $written blocks written after her removal"
[ "$(sum 4 after.bob)" = "$written" ] || fail "Bob's keys open $(sum 4 after.bob) of $written blocks"
[ "$(opened eve ada | awk '{ total += $4 } END { print total }')" = "$before" ] || fail "Eve lost what she could read"
for who in ada bob; do
    agrees $who
    # Type 4: the removal itself brought the key under which they write.
    found=$(python "$reader/read_home.py" $who --passphrase-file pass --space Trip --members)
    [ "$found" = '{"key": 4, "members": [{"devices": 1, "role": "admin"}, {"devices": 1, "role": "editor"}]}' ] \
        || fail "the reader sees in $who's home: $found"
done
grep -q "once eve was here" exported || fail "what Eve wrote before is gone"

# Let in again, and taken out while she is away.
serve ada
serve bob
serve eve
let_in ada eve
agree ada bob eve
write eve 2 again
agree ada bob eve
opened eve ada >before.eve
stop eve
on ada space remove Trip "$EVE" >"$ignored"
for who in ada bob; do write $who 4 away; done
agree ada bob
# She writes what nobody will keep: neither does she, once she knows.
put eve '{"by":"eve","word":"too late"}' >"$ignored"
export_of eve | grep -q "too late" || fail "Eve cannot write before she knows"
serve eve
within 10 is_out eve
within 2 is_alone eve
sleep 1
opened eve eve --from before.eve >after.own
[ "$(awk '{ total += $3 - $2 } END { print total }' after.own)" = 1 ] || fail "Eve was sent blocks when she came back: $(cat after.own)"
opened eve ada --from before.eve >after.eve
away=$(awk '{ total += $3 - $2 } END { print total }' after.eve)
[ "$away" -ge 8 ] && [ "$(sum 4 after.eve)" = 0 ] || fail "Eve's keys open $(sum 4 after.eve) of $away blocks"
stop eve
agrees eve
! grep -q "too late" exported || fail "Eve keeps what she wrote after she was out"
unforked ada bob eve
echo "removal: out in $took ms, $before of $before blocks open before, 0 of $written after and 0 of $away after she was away; Bob opens all"
