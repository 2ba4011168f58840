#!/usr/bin/env bash
# Alice and Bob share Trip with Dave. Alice adds Bob to Surprise while he is away, and goes away herself. Bob comes back,
# gets the invitation from Dave's copy of Trip, accepts, and Carol of Surprise lets him in. Dave's home has the letter and
# decrypts nothing of it. People are shown by name.
source "$(dirname "$0")/lib/harness.sh"
reader=$lib/../../Reader/read_letters.py
for python in python3 /usr/bin/python3; do "$python" -c 'import nacl' 2>"$ignored" && break; done
"$python" -c 'import nacl' || fail "PyNaCl is missing: apt install python3-nacl, or pip install pynacl"

rendezvous_start
for who in alice bob carol dave eve; do home $who; done
for space in Trip Surprise; do on alice space create $space >"$ignored"; done
serve alice

# enter GUEST SPACE [OPTION…]: Alice lets somebody in.
enter() {
    on alice invite "$2" --unattended --no-wait --json "${@:3}" >link.log
    take link
    on "$1" join "$TICKET" --listen 127.0.0.1:0 --json >"$1.log" 2>&1 || fail "$1 is not let into $2: $(cat "$1.log")"
}
# people HOME SPACE: the names of its members, in order; a person without one is "null".
people() { on "$1" space members "$2" --json | grep -o '"name":[^,}]*' | tr -d '"' | cut -d: -f2 | sort | tr '\n' ' '; }
shows() { [ "$(people "$1" "$2")" = "$3 " ]; }
# received HOME: the received invitations, one on a line.
received() { on "$1" invitations --json | tr '{' '\n' | grep '"kind":"letter"' || true; }
waits() { received "$1" | grep -q "$2"; }
none() { [ -z "$(received "$1")" ]; }

for who in bob dave; do enter $who Trip; done
enter carol Surprise
for who in bob dave carol; do serve $who; done
for who in alice bob dave; do within 20 shows $who Trip "alice bob dave"; done
within 20 shows carol Surprise "alice carol"
agree alice bob dave
on alice contacts --json >contacts.txt
for who in bob dave carol; do grep -q "\"name\":\"$who\"" contacts.txt || fail "Alice does not know $who: $(cat contacts.txt)"; done

# A new name is seen, and the way back.
on dave profile --name David >"$ignored"
within 20 shows bob Trip "David alice bob"
on dave profile --name dave >"$ignored"
within 20 shows bob Trip "alice bob dave"

# Bob is away, then Alice is.
stop bob
on alice space add bob --to Surprise --json >added.txt || fail "Alice cannot add Bob: $(cat added.txt)"
expect 22 "already" on alice space add carol --to Surprise
expect 24 "dunlin contacts" on alice space add nobody --to Surprise
agree alice dave
invitation=$(value added.txt id)
carol_knows() { on carol invitations --json | grep -q "\"id\":\"$invitation\""; }
within 20 carol_knows
surprise=$(on alice space list --json | tr '{' '\n' | grep '"name":"Surprise"' >one.txt && value one.txt id)
stop alice
none dave || fail "Dave has got a letter: $(received dave)"

serve bob
within 30 said bob '"event":"letter"'
for words in '"space":"Surprise"' '"inviterName":"alice"' '"verified":false' '"through":"Trip"'; do
    waits bob "$words" || fail "Bob's letter does not say $words: $(received bob)"
done
expect 20 "no space called" on bob list Surprise

# What lies in Dave's home; Bob's, by the same reader, shows that it would find it.
cp -a bob bob.before
stop dave
letters() { "$python" "$reader" "$1" --passphrase-file pass --space Trip --needle "0x$surprise" --needle Surprise; }
letters dave >dave.txt
grep -q '"found": 0, "letters": 1, "opened": \[\]' dave.txt || fail "Dave's home says: $(cat dave.txt)"
! grep -rqa "Surprise" dave || fail "a file of Dave's has the name of the space"
serve dave

on bob join --from alice --json --timeout 30 >joined.txt 2>&1 || fail "Bob is not let in: $(cat joined.txt)"
grep -q '"verified":true' joined.txt || fail "nobody has proven to be of the space: $(cat joined.txt)"
none bob || fail "the letter is still there: $(received bob)"
within 20 shows carol Surprise "alice bob carol"
within 20 shows bob Surprise "alice bob carol"
stop bob
letters bob >bob.txt
grep -q "\"opened\": \[{\"name\": \"Surprise\", \"space\": \"$surprise\"}\]" bob.txt || fail "Bob's home says: $(cat bob.txt)"

# Alice comes back: what was used is taken away.
serve alice
serve bob
agree alice bob dave
emptied() { stop dave; letters dave >dave.txt; serve dave; grep -q '"letters": 0' dave.txt; }
within 30 emptied

# Two to one space are accepted, or declined, as one; cancelled.
for role in reader editor; do on alice space add dave --to Surprise --role $role >"$ignored"; done
two() { [ "$(received dave | wc -l)" = 2 ]; }
within 20 two
on dave invite decline alice >"$ignored"
none dave || fail "what was declined is still there"
expect 32 "received invitation" on dave join --from alice
on alice space add dave --to Surprise --json >added.txt
within 20 waits dave '"inviterName":"alice"'
on alice invite cancel "$(value added.txt id)" >"$ignored"
within 20 none dave

# Who may only read is told what to do.
enter eve Trip --role reader
serve eve
on eve space create Own >"$ignored"
within 20 shows eve Trip "alice bob dave eve"
shows alice Trip "alice bob dave null" || fail "Alice shows a reader as: $(people alice Trip)"
expect 22 "role editor" on eve space add bob --to Own
expect 64 "say --from" on bob join --json
echo "contacts: a letter reached Bob through Dave while Alice was away; Dave decrypted $(grep -o '"read": [0-9]*' dave.txt | tr -dc 0-9) blocks" \
    "and nothing of the other space; declined and cancelled ones vanish"
