#!/usr/bin/env bash
# An invitation that any member answers: the one who made it goes away, another member lets two guests in, also
# after a restart; a third is refused, and so is everybody once it is cancelled or has expired. Invitations for one
# identity, and what a guest is told before it types a code.
source "$(dirname "$0")/lib/harness.sh"

rendezvous_start
for who in ada bob cid dee eve; do home $who; done
on ada space create Trip >"$ignored"
serve ada
put ada '{"title":"Tickets"}' >"$ignored"

# link [OPTION…]: makes one at Ada; INVITATION and TICKET.
link() {
    on ada invite Trip --unattended --no-wait --json "$@" >link.log
    take link
    [ -z "$CODE" ] || fail "a link has a code: $(cat link.log)"
}
# listed HOME FIELD: what that home says of the last invitation.
listed() {
    on "$1" invitations --json >listed.txt
    tr '{' '\n' <listed.txt | grep "\"id\":\"$INVITATION\"" >listed.one || return 1
    value listed.one "$2"
}
knows() { [ "$(listed "$1" "$2")" = "$3" ]; }
members() { on "$1" space members Trip --json | grep -o '"role"' | wc -l; }
use() { on "$1" join "$TICKET" --listen 127.0.0.1:0 --json --timeout "${2:-30}"; }

# For one identity, without a code; nobody else gets in with it.
bob=$(on bob whoami --json >who.txt && value who.txt identity)
on ada invite Trip --for "$bob" --no-wait --json >invitation.log
take invitation
[ -z "$CODE" ] || fail "an invitation for a known identity has a code"
expect 22 "another identity" use cid
use bob >bob.log 2>&1 || { cat bob.log; fail "Bob is not let in by who he is"; }
serve bob
agree ada bob

# Two uses, and who made it is off.
link --uses 2
within 20 knows bob usesLeft 2
stop ada
use cid >cid.log 2>&1 || { cat cid.log; fail "Bob does not let Cid in"; }
grep -q '"identity":"'"$bob"'".*"space":"Trip"\|"space":"Trip".*"identity":"'"$bob" cid.log \
    || fail "Cid was not told who lets it in: $(cat cid.log)"
knows bob usesLeft 1 || fail "Bob counts $(listed bob usesLeft) uses instead of 1"
crash bob
serve bob
knows bob usesLeft 1 || fail "after a crash Bob counts $(listed bob usesLeft) uses instead of 1"
use dee >dee.log 2>&1 || { cat dee.log; fail "Bob does not let Dee in after a restart"; }
expect 32 "was used already" use eve
crash bob
serve bob
expect 32 "was used already" use eve
expect 20 "no space called" on eve list Trip
serve ada
serve cid
agree ada bob cid
for who in ada bob cid; do
    [ "$(members $who)" = 4 ] || fail "$who counts $(members $who) members instead of 4"
    knows $who state used || fail "at $who the link is $(listed $who state)"
done

# Cancelled by Ada; Bob, who hears of it, lets nobody in, and may not cancel himself.
link --uses 5
within 20 knows bob state open
expect 22 "" dunlin invite cancel "$INVITATION" --home bob
expect 0 cancelled dunlin invite cancel "$INVITATION" --home ada
within 20 knows bob state cancelled
stop ada
expect 32 cancelled use eve
serve ada

# Expired by the clock of who answers.
link --expires 1s
within 20 knows bob state expired
expect 32 "has expired" use eve

# A reader's link makes a reader; nobody grants more than it has.
link --role reader
use eve >eve.log 2>&1 || { cat eve.log; fail "Eve is not let in as a reader"; }
serve eve
agree ada eve
expect 22 "" on eve invite Trip --unattended
echo "links: Bob by identity; Cid and Dee by a link while its maker was off and Bob crashed twice; a third, a" \
    "cancelled and an expired one refused; Eve as a reader"
