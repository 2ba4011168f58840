#!/usr/bin/env bash
# Three homes of one identity and two of another: spaces appear on all of them, a device that is revoked while it
# is away reads nothing of what follows, and the phrase brings everything back when only one home is left.
source "$(dirname "$0")/lib/harness.sh"

rendezvous_start
on ada init --name Ada --rendezvous "$RV" --json >phrase 2>"$ignored"
value phrase phrase >words
home bob
for who in phone tablet bobphone; do on $who init --device --rendezvous "$RV" >"$ignored" 2>&1; done
for who in ada bob; do serve $who; done
device() { # OWNER DEVICE: another home of the owner's identity
    invite "$1" --device
    join "$2" >"$2.log" 2>&1 || fail "$2 could not be let in"
    serve "$2"
}
device ada phone
device bob bobphone
on ada space create Trip >"$ignored"
NOTE=$(put ada '{"text":{"@text":"by train"}}')
let_in ada bob

# Nobody invites the other devices to Trip.
has() { on "$1" space list --json | grep -q '"name":"Trip".*"role":"[a-z]*[^e]"'; }
began=$SECONDS
for who in phone bobphone; do within 30 has $who; done
device ada tablet
within 30 has tablet
alike=$((SECONDS - began))
agree ada phone tablet bob bobphone
[ "$(on bob space members Trip --json | grep -o '"devices":[0-9]*' | tr -dc '0-9\n' | paste -sd+)" = 3+2 ] ||
    fail "Bob does not count three devices and two: $(on bob space members Trip --json)"

# Each has its name, and says who let it in.
key() { on "$1" whoami --json | value /dev/stdin device; }
on ada device rename "$(key phone)" "Ada's phone" >"$ignored"
renamed() { on tablet device list --json | grep -q "Ada's phone"; }
within 20 renamed
[ "$(on tablet device list --json | grep -o '"device"' | wc -l)" = 3 ] || fail "the tablet does not list three devices"

# The phone is revoked while it is away.
PHONE=$(key phone)
stop phone
on ada device revoke "Ada's phone" --json >revoked
[ "$(grep -o '"taken out"' revoked | wc -l)" = 2 ] || fail "not out of two spaces: $(cat revoked)"
on ada put Trip '"by plane"' --object "$NOTE" --path text >"$ignored"
agree ada tablet bob bobphone
serve phone
out() { on phone space list --json | grep -q '"role":"none"'; }
within 30 out
on phone get Trip "$NOTE" --json | grep -q plane && fail "the revoked phone reads what was written afterwards"
expect 22 "needs the role" on phone put Trip '{"a":1}'
for command in whoami status "space list"; do expect 0 "taken out" on phone $command; done
expect 0 '"device":"'"$PHONE"'","state":"this one, taken out"' on phone device list --json
NONCE=00112233445566778899aabbccddeeff
expect 22 "was taken out of its identity" on phone present https://a.example --nonce $NONCE
links() { on "$1" status --json | grep -o "\"device\":\"$PHONE\"" | wc -l; }
for who in ada tablet bob bobphone; do [ "$(links $who)" = 0 ] || fail "$who is linked to the revoked phone"; done

# A junior one can only suspect its senior; the phrase settles it.
on tablet device revoke "$(key ada)" --json >suspected
grep -q suspended suspected || fail "the tablet revoked its senior: $(cat suspected)"
suspended() { on ada whoami --json | grep -q '"standing":"suspended'; }
within 20 suspended
expect 0 "this one, suspended" on ada device list
expect 22 "holds this one for stolen" on ada present https://a.example --nonce $NONCE
# Whom it lets in meanwhile comes in, and it goes on reading its own feed: what the others write rests on that.
home cid
let_in ada cid
# It is trusted again by the phrase alone, and reads what was written meanwhile.
MEANWHILE=$(put tablet '{"n":1}')
waits() { on ada status | grep -q 'wait for a key'; }
within 20 waits
expect 22 "was here first" on tablet device confirm "$(key ada)"
on tablet device confirm "$(key ada)" --phrase-file words >"$ignored"
trusted() { ! suspended && on ada get Trip "$MEANWHILE" >"$ignored" 2>&1; }
within 20 trusted
three() { on ada space list --json | grep -q '"members":3'; }
within 20 three
expect 0 dunlin-presentation on ada present https://a.example --nonce $NONCE
on tablet device revoke "$(key ada)" --phrase-file words --json >settled
[ "$(grep -o '"taken out"' settled | wc -l)" = 2 ] || fail "the phrase does not settle it: $(cat settled)"
out() { on ada space list --json | grep -q '"role":"none"'; }
within 30 out

# Ada's laptop and phone are gone. The phrase, and the tablet, which then goes, too.
stop ada
stop phone
rm -rf ada phone
began=$SECONDS
on new recover --phrase-file words --rendezvous "$RV" --listen 127.0.0.1:0 --timeout 50 --json >recovered 2>new.err ||
    fail "nothing was recovered: $(cat recovered new.err)"
recovered=$((SECONDS - began))
grep -q '"name":"Trip"' recovered || fail "Trip did not come back: $(cat recovered)"
[ "$(grep -o '"platform"' recovered | wc -l)" = 2 ] || fail "it does not say which devices there are: $(cat recovered)"
serve new
agree new tablet bob
stop tablet
rm -rf tablet
on new put Trip '"on foot"' --object "$NOTE" --path text >"$ignored"
agree new bob bobphone
expect 23 "another identity" on new device revoke "$(key new | cut -c 1-8)" --phrase-file <(on bobphone init --help >"$ignored"; echo "legal winner thank year wave sausage worth useful legal winner thank yellow")
unforked bob bobphone new
echo "identity: 3 + 2 homes alike after $alike s, one revoked while away, one by the phrase; recovered in $recovered s"
