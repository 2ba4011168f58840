#!/usr/bin/env bash
# Somebody in the middle has changed the ticket on its way and passes everything on, with a handshake to each side: the
# guest types the right code and is not let in, and neither is the one in the middle.
source "$(dirname "$0")/lib/harness.sh"

rendezvous_start
for who in ada bob; do home $who; done
on ada space create Trip >"$ignored"
serve ada

# tampered NAME [OPTION…]: the ticket that the one in the middle hands on.
tampered() {
    start "$1" "$DUNLIN_BIN/dunlin-demo" middle "$TICKET" "${@:2}"
    within 10 said "$1" '"ticket"' || fail "the one in the middle does not start"
    TICKET=$(value "$1.log" ticket)
}

# Its own key in the ticket: the code is right, and fits neither handshake.
invite ada Trip
real=$TICKET
tampered mallory
code=0; join bob >bob.log 2>&1 || code=$?
[ "$code" = 31 ] || { cat bob.log; fail "a guest of the one in the middle ended with $code instead of 31"; }
[ "$(on ada space members Trip --json | grep -o '"role"' | wc -l)" = 1 ] || fail "somebody was let in"
[ "$(on bob space list --json --passphrase-file pass 2>"$ignored" | grep -c Trip || true)" = 0 ] || fail "Bob has a space"
stop mallory

# The host's key in the ticket: the guest's handshake does not accept another. Eve knows no rendezvous, at which she
# would find the true host.
on eve init --name eve >"$ignored" 2>&1
TICKET=$real
tampered trudy --keeps-key
code=0; join eve "$CODE" --timeout 6 >eve.log 2>&1 || code=$?
[ "$code" = 40 ] || { cat eve.log; fail "a guest who met another key ended with $code instead of 40"; }
stop trudy
[ "$(on ada space members Trip --json | grep -o '"role"' | wc -l)" = 1 ] || fail "somebody was let in"

# The true ticket still lets Bob in: one attempt was used, no more.
TICKET=$real
join bob >bob.log 2>&1 || { cat bob.log; fail "the true ticket does not let Bob in"; }

# A link without a code: the secret is in the ticket, and the one in the middle has it not. It sees the connections and
# knows where they lead; the guest's handshake does not end with it.
on ada invite Trip --unattended --no-wait --json >invitation.log
take invitation
start blind "$DUNLIN_BIN/dunlin-demo" middle "$TICKET" --without-secret
within 10 said blind '"ticket"' || fail "the one in the middle does not start"
TICKET=$(value blind.log ticket)
code=0; on eve join "$TICKET" --listen 127.0.0.1:0 --json --timeout 6 >eve.log 2>&1 || code=$?
[ "$code" = 40 ] || { cat eve.log; fail "a guest with a link, through the middle, ended with $code instead of 40"; }
! grep -q '"admitting"' eve.log || fail "the guest showed the one in the middle its proof"
stop blind

# With the secret it is a guest like any other and ends both handshakes; the guest shows it nothing all the same, since
# the member's greeting is for another connection.
take invitation
tampered seeing
code=0; on eve join "$TICKET" --listen 127.0.0.1:0 --json --timeout 6 >eve.log 2>&1 || code=$?
[ "$code" != 0 ] || { cat eve.log; fail "a guest with a link was let in through the middle"; }
! grep -q '"admitting"' eve.log || fail "the guest showed the one in the middle its proof"
[ "$(on ada space members Trip --json | grep -o '"role"' | wc -l)" = 2 ] || fail "somebody was let in by the link"
echo "middle: nobody let in through the middle, with either key; the true ticket lets Bob in afterwards;" \
    "a link shows the one in the middle no proof, with the secret and without"
