#!/usr/bin/env bash
# An invitation is drawn on the terminal, as a PNG and as an SVG. Programs that share no code with Dunlin read all
# three, and what they read lets somebody in, as do links in capital letters. Files are private, whole, and
# never replaced unasked.
source "$(dirname "$0")/lib/harness.sh"
for tool in zbarimg rsvg-convert pngfix; do
    command -v $tool >"$ignored" || fail "$tool is missing: apt-get install zbar-tools librsvg2-bin libpng-tools"
done

# read_code FILE: the text of the QR code in a picture.
read_code() { zbarimg --quiet --raw --oneshot -S disable -S qrcode.enable "$1" 2>"$ignored" || fail "nothing is read in $1"; }

rendezvous_start
for who in ada bob eve may joe; do home $who; done
on ada space create Trip >"$ignored"
serve ada

# The command waits, and the process that serves the home has the invitation.
umask 000
start host "$DUNLIN_BIN/dunlin" invite Trip --home ada --png code.png --svg code.svg --json
within 10 said host '"event":"invitation"'
take host
LINK=$(value host.log link)
QR=$(value host.log qr)
[ "$LINK" = "dunlin://join/${TICKET#dunlin:}" ] || fail "the link is $LINK"
[ "$QR" = "${LINK^^}" ] || fail "the QR code holds $QR"
[ "$(stat -c %a code.png code.svg | sort -u)" = 600 ] || fail "others may read: $(stat -c '%a %n' code.*)"
pngfix code.png >"$ignored" || fail "libpng finds fault with the PNG"
file_is() { head -c 24 "$1" | od -An -tx1 | tr -d ' \n' | grep -q "$2" || fail "$1 begins otherwise"; }
file_is code.png '^89504e470d0a1a0a0000000d49484452'
[ "$(read_code code.png)" = "$QR" ] || fail "the PNG holds $(read_code code.png)"
for width in 200 1000; do
    rsvg-convert --width $width code.svg >raster.png
    [ "$(read_code raster.png)" = "$QR" ] || fail "the SVG, $width wide, holds $(read_code raster.png)"
done
TICKET=$(read_code code.png) join bob >bob.log 2>&1 || fail "what the PNG holds lets nobody in"

# As people see it.
on ada invite Trip --no-wait >seen.txt
python3 "$lib/terminal.py" seen.txt >seen.pgm
CODE=$(sed -n 's/^Code: \([0-9]*\) .*/\1/p' seen.txt)
TICKET=$(grep '^dunlin:' seen.txt)
[ "$(read_code seen.pgm)" = "DUNLIN://JOIN/$(tr a-z A-Z <<<"${TICKET#dunlin:}")" ] ||
    fail "the terminal shows $(read_code seen.pgm)"
TICKET=$(read_code seen.pgm) join eve >eve.log 2>&1 || fail "what the terminal shows lets nobody in"

# Links as they arrive: in any case, with white space around them.
invite ada Trip
TICKET="  ${TICKET^^}"$'\n' join may >may.log 2>&1 || fail "a ticket in capitals lets nobody in"
invite ada Trip
TICKET=$'\t'"Dunlin://Join/${TICKET#dunlin:} " join joe >joe.log 2>&1 || fail "a link lets nobody in"
for wrong in "dunlin://leave/${TICKET#dunlin:}" "$LINK/" "$LINK?x" "https://join/${TICKET#dunlin:}"; do
    expect 30 "not an invitation" on bob join "$wrong" --code 000000
done

# What is there stays, and no invitation is opened for nothing.
cp code.png before
ln -s nowhere dangling
for there in code.png dangling; do
    expect 23 "say --force" on ada invite Trip --no-wait --png $there
    expect 23 "say --force" on ada invite Trip --no-wait --svg $there
done
cmp -s code.png before && [ ! -e nowhere ] || fail "a file was replaced unasked"
expect 64 "same file" on ada invite Trip --no-wait --png new --svg new
expect 23 "is a folder" on ada invite Trip --no-wait --png "$PWD" --force
expect 50 "Nothing can be written" on ada invite Trip --no-wait --png missing/code.png
[ ! -e new ] || fail "a file was made for an invitation that was none"
on ada invite Trip --no-wait --png code.png --svg dangling --force --json >forced.log
[ "$(read_code code.png)" = "$(value forced.log qr)" ] || fail "--force left the file as it was"
[ -f dangling ] && [ ! -L dangling ] && [ ! -e nowhere ] || fail "--force wrote through a link"

# What cannot be written is told, and the invitation is open all the same.
expect 50 "cannot be written" on ada invite Trip --no-wait --json --png "$(printf 'x%.0s' {1..300})"
[ -n "$(value out.txt ticket)" ] || fail "the invitation was not told"
[ -z "$(ls -A | grep '^\.dunlin-' || true)" ] || fail "drafts are left: $(ls -A)"
echo "drawings: $(stat -c %s before) bytes of PNG, $(stat -c %s code.svg) of SVG, read by zbar and joined with"
