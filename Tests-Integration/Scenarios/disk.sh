#!/usr/bin/env bash
# A disk that gets full and one that is read-only: a clear error, what was acknowledged is there afterwards,
# and writing goes on when it can. The small disk is a tmpfs, so this needs root.
if [ "$(id -u)" != 0 ]; then
    echo "disk: mounting a small disk needs root: sudo DUNLIN_BIN=\"$DUNLIN_BIN\" bash \"$0\""
    exit 1
fi
[ -n "${OWN_MOUNTS:-}" ] || OWN_MOUNTS=1 exec unshare -m bash "$0" "$@"
source "$(dirname "$0")/lib/harness.sh"
trap 'set +e; umount -l "$work"/ada "$work"/new "$work"/phone 2>"$ignored"; finish' EXIT

disk() {
    mkdir -p "$1"
    mount -t tmpfs -o "size=$2,mode=0700" none "$1"
}
resize() { mount -o "remount,size=$2" none "$1"; }
big=$(head -c 15000 /dev/zero | base64 -w 0)
touch acknowledged
# fill: writes until that is refused.
fill() {
    local code=0
    for _ in $(seq 400); do
        on ada put Trip "{\"big\":\"$big\"}" --json >out.txt 2>err.txt || code=$?
        [ $code = 0 ] || break
        value out.txt id >>acknowledged
    done
    [ $code = 50 ] || fail "a full disk ended with $code: $(cut -c 1-200 out.txt err.txt)"
    [ "$(tail -n 1 err.txt)" = '{"code":50,"error":"The disk is full; free some space and try again."}' ] ||
        fail "the error of a full disk is another: $(cat err.txt)"
}
# whole: what was acknowledged is there, and nothing besides.
whole() {
    export_of ada | grep -o '"id":"[^"]*"' | cut -d'"' -f 4 | sort >present
    sort acknowledged | diff - present >difference ||
        fail "$1: not what was acknowledged: $(head -n 5 difference)"
}

rendezvous_start
disk ada 4m
for who in ada bob; do home $who || fail "no home for $who"; done
on ada space create Trip >/dev/null

# Full by commands that open the home themselves.
fill
alone=$(wc -l <acknowledged)
[ "$alone" -ge 20 ] || fail "only $alone objects fit on the disk"
resize ada 5m
whole "after more space"

# Full under a process, which lives on, reads on, and writes again when there is space.
serve ada
whole "served"
fill
alive ada || fail "the process ended on the full disk"
whole "while the disk is full"
resize ada 6m
within 10 put ada '{"after":"space"}' >id
cat id >>acknowledged
whole "after more space for the process"

# Full while it takes in what a peer has.
let_in ada bob
serve bob
agree ada bob
full() { grep -c 'disk is full' ada.log || true; }
noticed=$(full)
notices_again() { [ "$(full)" -gt "$noticed" ]; }
for _ in $(seq 70); do put bob "{\"bobs\":\"$big\"}" >>acknowledged; done
within 10 notices_again
alive ada || fail "the process ended while it took in blocks"
used=$(df --output=pcent ada | tail -n 1)
resize ada 64m
agree ada bob
whole "after a sync through a full disk"
stop ada
unforked ada bob
serve ada
agree ada bob
stop ada

# Read-only.
before=$(cat ada/keyring ada/spaces/*.sqlite | sha256sum)
mount -o remount,ro none ada
expect 16 "Read-only" on ada put Trip '{"a":1}'
expect 16 "Read-only" on ada sync --until-idle
expect 16 "Read-only" on ada list Trip
[ "$(cat ada/keyring ada/spaces/*.sqlite | sha256sum)" = "$before" ] || fail "a read-only home has changed"
mount -o remount,rw none ada
put ada '{"after":"read-only"}' >>acknowledged
whole "after the home was read-only"

# A home that cannot be made can be made later.
disk new 16k
code=0
home new || code=$?
[ $code = 16 ] || [ $code = 50 ] || fail "a home on a full disk ended with $code"
resize new 8m
home new || fail "after it failed once, a home cannot be made"

# A disk that gets full just when a device is let in: it says so, is no half device, and is let in later.
disk phone 8m
home phone --device
head -c 48k /dev/zero >phone/room
head -c 9m /dev/zero >phone/ballast 2>"$ignored" || true
rm phone/room
serve ada
invite ada --device
expect 50 "could not be stored" join phone
expect 17 "no identity" on phone whoami
rm phone/ballast
join phone >phone.log 2>&1 || fail "a device that could not store what it was given is locked out"
[ "$(on phone whoami --json | value /dev/stdin identity)" = "$(on ada whoami --json | value /dev/stdin identity)" ] ||
    fail "the phone has another identity"
stop ada
echo "disk: full four times, read-only once: none of $(wc -l <acknowledged) acknowledged objects lost" \
    "($alone on 4 MiB,$used full in a sync)"
