#!/usr/bin/env bash
# Bad input: each gives one clear line, its own exit code, and changes nothing.
source "$(dirname "$0")/lib/harness.sh"

on home init --name Ada >/dev/null 2>&1
on home space create Trip >/dev/null
put home '{"a":1}' >/dev/null
echo wrong >wrong
cases=0

# What the home keeps: its secrets byte for byte, its objects by their state.
tree() {
    sha256sum home/keyring home/format
    export_of home
    on home space list --json
}
# harmless CODE WORDS COMMAND…: as expect, and the home is as it was.
harmless() {
    local before
    before=$(tree)
    expect "$@"
    [ "$(tree)" = "$before" ] || fail "it changed something: ${*:3}"
    cases=$((cases + 1))
}

harmless 10 passphrase dunlin whoami --home home --passphrase-file wrong
harmless 14 "no home" on nowhere whoami
harmless 15 "a home at" on home init
harmless 20 "no space called" on home list Nowhere
harmless 21 "no object" on home get Trip aaaaaaaaaaaaaaaaaaaaaaaaaa
harmless 21 "not the id" on home get Trip x
harmless 23 JSON on home put Trip '{"a":'
harmless 23 "@x" on home put Trip '{"@x":1,"y":2}'
harmless 23 "a map" on home put Trip '[1]'
harmless 23 "@text takes a string" on home put Trip '{"a":{"@text":5}}'
harmless 23 "1 to 256 bytes" on home space create ""
harmless 23 "1 to 256 bytes" on home space create "$(printf 'a%.0s' {1..257})"
harmless 23 "no control" on home space create "$(printf 'a\033[2Jb')"
harmless 23 "1 to 256 bytes" dunlin init --name "" --home other --passphrase-file pass
[ ! -e other ] || fail "an empty name left a home behind"
text=$(put home '{"t":{"@text":"abc"},"l":[1,2]}')
limits="from 0 to 2147483647"
harmless 23 "$limits" on home mark Trip "$text" t --at 3000000000 --count 1 --key b
harmless 23 "$limits" on home mark Trip "$text" t --at 0 --count=-1 --key b
harmless 23 "$limits" on home edit Trip "$text" t --at 9223372036854775807 --insert x
harmless 23 "$limits" on home move Trip "$text" l --from 0 --to 3000000000
harmless 23 "outside the 3" on home edit Trip "$text" t --at 2147483647 --insert x
harmless 23 reserved on home put Trip 1 --object "$text" --path $'@\xcc\x81x'
# What is nested as deep as an object may be is shown as it was written, through the socket too.
deep=$(python3 -c 'print("{\"a\":" * 65 + "1" + "}" * 65)')
serve home
nested=$(put home "$deep")
[ "$(on home get Trip "$nested" --json)" = "$deep" ] || fail "64 containers deep is not shown as it was put"
stop home
on home rm Trip "$nested" >"$ignored"
# What others wrote does not steer the terminal: not as a value, not as a key.
sly=$(put home '{"\u001b[2Jk":"\u001b]0;x\u0007","s":"\u009b2J"}')
on home list Trip >shown
on home get Trip "$sly" >>shown
LC_ALL=C grep -q "$(printf '[\033\007]\\|\302\233')" shown && fail "control characters reach the terminal: $(cat -v shown)"
grep -q 'u{1b}\|u001b' shown || fail "nothing sly was shown: $(cat -v shown)"
on home rm Trip "$sly" >"$ignored"

: >empty
harmless 23 "passphrase is empty" dunlin init --home other --passphrase-file empty
harmless 23 "descriptor 9" dunlin init --home other --passphrase-fd 9
[ ! -e other ] || fail "a passphrase that is none left a home behind"
long=$(printf 'd%.0s' {1..150})
home "$long"
expect 16 "shorter path" on "$long" whoami
[ "$(ls | grep -c '^dd')" = 1 ] || fail "the socket was made at another place"
(cd "$long" && dunlin whoami --home . --passphrase-file ../pass >"$ignored") || fail "a near path does not help"
rm -r "$long"

# A rendezvous that is none is refused before there is a home that remembers it.
while read -r address reason; do
    harmless 23 "$reason" dunlin init --home other --rendezvous "$address" --passphrase-file pass
done <<'END'
foo does not begin
dunlin-rv://abc has no @
dunlin-rv://abc@h not HOST:PORT
dunlin-rv://abc@h:1 key is not what
END
[ ! -e other ] || fail "a bad rendezvous left a home behind"
harmless 64 '"code":64' dunlin put Trip --home home --json
harmless 64 "say --device" on home invite

# What is wrong without a passphrase is said before one is asked for.
harmless 14 "no home" dunlin whoami --home nowhere
harmless 15 "a home at" dunlin init --home home
harmless 30 "not an invitation" on home join dunlin:abc --code 123456
harmless 23 phrase on other recover --phrase-file pass
[ ! -e other ] || fail "a mistyped phrase left a home behind"

rendezvous_start
harmless 41 "Port $RV_PORT" on home sync --listen "127.0.0.1:$RV_PORT"
harmless 41 "Port $RV_PORT" dunlin rendezvous --listen "127.0.0.1:$RV_PORT"

cp -r home damaged
printf 'garbage' | dd of=damaged/keyring bs=1 seek=40 conv=notrunc status=none
harmless 11 keyring on damaged whoami

# One damaged space leaves the others open, and is named with its file.
home torn
on torn space create Trip >"$ignored"
whole=$(ls torn/spaces)
on torn space create Lost >"$ignored"
for file in torn/spaces/*.sqlite; do
    [[ $whole == *"${file##*/}"* ]] || { lost=$file; dd if=/dev/urandom of="$file" bs=4k count=3 conv=notrunc status=none; }
done
harmless_torn=$(put torn '{"still":"here"}')
on torn get Trip "$harmless_torn" --json | grep -q here || fail "a damaged space keeps the others shut"
expect 50 "${lost##*/}" on torn list Lost
on torn space list --json >shown
grep -q damaged shown || fail "a damaged space is not shown: $(cat shown)"
serve torn
[ "$(on torn list Trip --json | grep -c here)" = 1 ] || fail "a home with a damaged space does not serve"
stop torn

# Whoever read what is printed is gone: the command ends as at a closed pipe, and nobody loses a phrase so.
mkfifo gone
closed() {
    exec 7<>gone 8>gone
    exec 7<&-
    "$@" >&8 2>err.txt || return $?
}
set +e
closed on home space list; found=$?
exec 8>&-
set -e
[ $found = 141 ] || fail "exit code $found instead of 141 at a closed pipe: $(cat err.txt)"
set +e
closed on lost init --name Lost; found=$?
exec 8>&-
set -e
[ $found = 23 ] || fail "exit code $found instead of 23: an identity whose phrase nobody sees: $(cat err.txt)"
[ ! -e lost/keyring ] || fail "there is an identity whose phrase nobody has seen"
harmless 23 "space leave" on home space remove Trip "$(value <(on home whoami --json) identity)"
harmless 23 "something to see" on home space create "   "
harmless 23 "turns writing" on home space create $'\u202eevil'
cases=$((cases + 5))

# A socket whose process died is cleaned up.
serve home
dunlin whoami --home home >/dev/null || fail "the socket does not serve"
crash home
[ -S home/socket ] || fail "the dead socket should be there"
harmless 0 Ada on home whoami

# A rendezvous that is not there: the invitation is answered by nobody.
invite home Trip --rendezvous "${RV%:*}:1" 2>/dev/null
on stranger init --name Eve >/dev/null 2>&1
expect 40 "in time" join stranger 000000 --timeout 2

echo "bad-input: $cases cases, each with its line and its code, and nothing changed"
