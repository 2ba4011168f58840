#!/usr/bin/env bash
# Strangers flood every listening port with garbage, silence, slow and endless senders, and connections that
# hang up. Meanwhile honest peers sync, no process grows by 32 MiB, and in the end every file descriptor is
# given back.
source "$(dirname "$0")/lib/harness.sh"

rendezvous_start
for who in ada bob eve; do home $who; done
on ada space create Trip >/dev/null
serve ada
let_in ada bob
let_in ada eve
serve bob
agree ada bob
processes=(rendezvous ada bob)
ports=()
for who in "${processes[@]}"; do ports+=("$(port $who)"); done
[ "$(printf '%s\n' "${ports[@]}" | grep -c '^[0-9]*$')" = 3 ] || fail "not three ports: ${ports[*]}"

# kib NAME FIELD: of what /proc says about its memory.
kib() { grep "^$2:" "/proc/${pid_of[$1]}/status" | tr -dc 0-9; }
descriptors() { ls "/proc/${pid_of[$1]}/fd" | wc -l; }
all_alive() { for who in "${processes[@]}"; do alive "$who" || fail "$1 has ended $who"; done; }
declare -A memory=() open=()
for who in "${processes[@]}"; do
    echo 5 >"/proc/${pid_of[$who]}/clear_refs" 2>"$ignored" || true
    memory[$who]=$(kib "$who" VmRSS)
    open[$who]=$(descriptors "$who")
done
given_back() { [ "$(descriptors "$1")" -le "${open[$1]}" ]; }

# flood ADDRESSES: in the background, 8 seconds; the counts go to flood.ADDRESSES.
flood() { start "flood.$1" python3 "$lib/flood.py" 8 "$1" "${ports[@]}"; }
ended() { ! alive "$1"; }
slowest=0
# honest: both write, and agree soon.
honest() {
    local begin=$SECONDS
    put ada '{"honest":1}' >"$ignored" || fail "Ada cannot write in a flood"
    put bob '{"honest":2}' >"$ignored" || fail "Bob cannot write in a flood"
    agree ada bob
    [ $((SECONDS - begin)) -le $slowest ] || slowest=$((SECONDS - begin))
}

# From one address: also a newcomer from elsewhere gets in.
flood 1
sleep 1
began=$SECONDS
serve eve
agree ada bob eve
newcomer=$((SECONDS - began))
alive flood.1 || fail "the flood was over before the newcomer was in: nothing was shown"
while alive flood.1; do honest; done
all_alive "a flood from one address"
stop eve
for who in "${processes[@]}"; do within 15 given_back "$who"; done

# From many addresses, which together may use up what there is for strangers: who is linked is not disturbed.
losses() { cat ada.log bob.log | grep -c '"disconnected"'; }
before=$(losses)
flood 200
sleep 1
while alive flood.200; do honest; done
all_alive "a flood from many addresses"
for who in "${processes[@]}"; do within 15 given_back "$who"; done
[ "$(losses)" = "$before" ] || fail "the flood cut the link of those who had one"

# When it is over, newcomers find in again.
serve eve
agree ada bob eve
grown=0
for who in "${processes[@]}"; do
    more=$(($(kib "$who" VmHWM) - memory[$who]))
    [ $more -lt 32768 ] || fail "$who grew by $more KiB"
    [ $more -le $grown ] || grown=$more
done
for number in 1 200; do
    [ "$(cut -d' ' -f 1 "flood.$number.log")" -ge 500 ] || fail "only a trickle: $(cat "flood.$number.log")"
done
echo "floods: $(cut -d' ' -f 1 flood.1.log) and $(cut -d' ' -f 1 flood.200.log) connections at 3 ports," \
    "a newcomer in after $newcomer s, agreement within $slowest s, at most $((grown / 1024)) MiB more"
