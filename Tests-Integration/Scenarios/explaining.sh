#!/usr/bin/env bash
# The command says why somebody is a member or no longer one, draws the credentials as files that programs for graphs
# and pictures read, and tells people what they are about to do: leaving as the last admin, files in the way, the
# wrong phrase, a recovery that is not finished.
source "$(dirname "$0")/lib/harness.sh"

identity() { on "$1" whoami --json | value /dev/stdin identity; }
members() { on "$1" space members Trip --json | grep -o '"role"' | wc -l; }
has_members() { [ "$(members "$1")" = "$2" ]; }

rendezvous_start
on ada init --name Ada --rendezvous "$RV" --json >phrase 2>"$ignored"
value phrase phrase >words
home bob
on eve init --name Eve --rendezvous "$RV" --json >eve.phrase 2>"$ignored"
value eve.phrase phrase >eve.words
on ada space create Trip >"$ignored"
serve ada
let_in ada bob
serve bob
let_in ada eve
ADA=$(identity ada) BOB=$(identity bob) EVE=$(identity eve)

# Why somebody is in, and why no longer. Whoever is named by a word for nobody is no member.
expect 0 "B is a member, as editor." on ada space why "$BOB"
grep -q "A (you) lets B in as editor (by A1)" out.txt || fail "it does not say who let Bob in: $(cat out.txt)"
grep "A (you) lets B in" out.txt | grep -q -- "^->" || fail "what decides is not marked: $(cat out.txt)"
expect 0 "A (you) is a member, as admin." on ada space why "$ADA"
expect 0 "B is a member, as editor." on ada space why "${BOB: -8}"
expect 24 "No member of the space is meant by did:key:z6MkNobody" on ada space why did:key:z6MkNobody
expect 24 "at least 8 characters" on ada space why "${BOB: -7}"
expect 24 "at least 8 characters" on ada space role Trip "${BOB: -7}" admin
expect 20 "no space called Nowhere" on ada space why "$BOB" --space Nowhere
on ada space remove Trip "$EVE" >"$ignored"
expect 0 "C was a member, and no longer is." on ada space why "$EVE"
grep -q "A (you) removes C" out.txt || fail "it does not say who took Eve out: $(cat out.txt)"
within 10 has_members bob 2
expect 0 "C was a member" on bob space why "$EVE"
on ada space why "$EVE" --json >why.json
python3 - why.json "$EVE" "$ADA" <<'PYTHON' || fail "the explanation is not as it should be: $(cat why.json)"
import json, sys
found = json.load(open(sys.argv[1]))
assert found["identity"] == sys.argv[2] and found["name"] == "C"
deciding = [step for step in found["steps"] if step["deciding"]]
assert [step["why"] for step in deciding] == ["takes out"], deciding
assert all(step["issuer"] == sys.argv[3] for step in found["steps"])
assert {step["status"] for step in found["steps"]} <= {"live", "void", "invalid"}
PYTHON

# Drawn, for Graphviz and as a picture.
expect 64 "Say --dot, or --svg FILE" bash -c 'timeout 60 dunlin space graph --home ada >usage 2>&1; code=$?; head -n 1 usage >&2; exit $code'
on ada space graph --dot >graph.dot
on ada space graph --svg graph.svg 2>"$ignored"
[ "$(stat -c %a graph.svg)" = 600 ] || fail "others may read the picture: $(stat -c %a graph.svg)"
echo precious >there.svg
expect 23 "there already" on ada space graph --svg there.svg
grep -q precious there.svg || fail "a file that was there is gone"
on ada space graph --svg there.svg --force 2>"$ignored"
cmp -s graph.svg there.svg || fail "the same space is drawn in two ways"
python3 - graph.dot graph.svg <<'PYTHON' || fail "the drawings cannot be read"
import re, sys, xml.etree.ElementTree as tree
dot = open(sys.argv[1], encoding="utf-8").read()
token = re.compile(r'\s*("(?:[^"\\]|\\.)*"|->|[][{};=,]|[A-Za-z_][A-Za-z_0-9]*|-?\d+(?:\.\d+)?)')
place, tokens = 0, []
while place < len(dot.rstrip()):
    match = token.match(dot, place)
    assert match, dot[place:place + 40]
    tokens.append(match[1])
    place = match.end()
assert tokens[0] == "digraph" and tokens[-1] == "}" and tokens.count("->") >= 3
for one, other in ("{}", "[]"):
    assert tokens.count(one) == tokens.count(other)
root = tree.parse(sys.argv[2]).getroot()
assert root.tag == "{http://www.w3.org/2000/svg}svg"
texts = " ".join(root.itertext())
for word in ("founds", "lets in B", "lets in C", "removes C"):
    assert word in texts, word
    assert word in dot, word
PYTHON

# The last admin goes only when it is said twice.
expect 22 "the only admin" on ada space leave Trip
expect 22 "the only admin" on ada space role Trip "$ADA" editor
has_members ada 2 || fail "Ada has left all the same"
on ada space role Trip "$BOB" admin >"$ignored"
on ada space leave Trip >"$ignored"
within 10 has_members bob 1
on bob space leave Trip >"$ignored" || fail "who is alone cannot leave"

# What was presented holds for a time that makes sense, for whom and what it was made.
NONCE=00112233445566778899aabbccddeeff
for time in 0m -1m 25h 9223372036854775807m 3w; do
    expect 23 "expires takes a time" on bob present https://a.example --nonce $NONCE "--expires=$time"
done
for minutes in 0 -1 1441 9223372036854775807; do
    expect 23 "expires takes a time" on bob present https://a.example --nonce $NONCE "--minutes=$minutes"
done
SHOWN=$(on bob present https://a.example --nonce $NONCE --expires 2m --json | value /dev/stdin presentation)
expect 0 "$BOB" dunlin verify "$SHOWN" --audience https://a.example --nonce $NONCE
expect 23 "" dunlin verify "$SHOWN" --audience https://b.example --nonce $NONCE
expect 23 "" dunlin verify "${SHOWN}aa" --audience https://a.example --nonce $NONCE
expect 23 "no presentation" dunlin verify nonsense --audience https://a.example --nonce $NONCE

# Times: ISO 8601 in UTC for machines, the local minute for people.
invite ada --device
on ada invitations --json >list.json
grep -q '"expires":"20[0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9:]*Z"' list.json || fail "no time in UTC: $(cat list.json)"
UTC=$(value list.json expires)
TZ=Asia/Kolkata on ada invitations >list.txt
LOCAL=$(TZ=Asia/Kolkata date -d "$UTC" "+%Y-%m-%d %H:%M")
grep -q "$LOCAL" list.txt || fail "no local time $LOCAL: $(cat list.txt)"
on ada device list --json | grep -q '"lastSeen":"20[0-9-]*T[0-9:]*Z"' || fail "a device was seen at no time"

# A recovery that finds nobody says so, in every way that it is asked; the phrase of another is no help.
stop ada
expect 40 "No device of the identity was met" \
    dunlin recover --home new --passphrase-file pass --phrase-file words --rendezvous "$RV" \
    --listen 127.0.0.1:0 --timeout 2 --json
[ ! -s out.txt ] || fail "a remark is where a machine reads: $(cat out.txt)"
expect 0 "not finished" on new whoami
expect 0 "not finished" on new status --json
expect 0 "not finished" on new status
expect 23 "phrase of another identity" dunlin recover --home new --passphrase-file pass --phrase-file eve.words --timeout 2
serve ada
dunlin recover --home new --passphrase-file pass --phrase-file words --listen 127.0.0.1:0 --timeout 50 --json >recovered \
    2>"$ignored" || fail "the right phrase does not go on: $(cat recovered)"
python3 -c 'import json, sys; json.load(open(sys.argv[1]))' recovered || fail "not one line of JSON: $(cat recovered)"
on new whoami --json | grep -q recovery && fail "a recovery that is done is told"
expect 15 "has an identity already" dunlin recover --home new --passphrase-file pass --phrase-file words --timeout 2

# Begun anew although a device was left: both are told when they meet.
dunlin recover --alone --home alone --name Ada --passphrase-file pass --phrase-file words --rendezvous "$RV" \
    >"$ignored" 2>alone.err
grep -q "does not join" alone.err || fail "it is not said what --alone means: $(cat alone.err)"
expect 0 "no space yet" on alone status
serve alone
apart() { on "$1" status --json | grep -q '"warning":"A device of this identity was met'; }
for who in alone ada; do within 20 apart $who; done
expect 0 "^warning: A device of this identity was met" on alone status
expect 0 "recover --alone" on alone whoami
echo "explaining: why 3 people are in or out, drawn as DOT and SVG; the last admin, files in the way, times, and" \
    "recoveries that are not finished or apart are told"
