#!/usr/bin/env bash
# kill -9 at either side, in the middle of a commit and of a sync: nothing acknowledged is lost, no feed
# forks, both sides end alike. ROUNDS says how often; SEED gives the same victims and moments again.
LIMIT=${LIMIT:-$((60 + ${ROUNDS:-12} * 4))}
source "$(dirname "$0")/lib/harness.sh"
ROUNDS=${ROUNDS:-12}
SEED=${SEED:-$$}
RANDOM=$SEED

rendezvous_start
for who in ada bob; do home $who; done
on ada space create Trip >/dev/null
serve ada
let_in ada bob
serve bob
agree ada bob
NOTE=$(put ada '{"n":"none"}')
agree ada bob
touch ada.acknowledged bob.acknowledged
blocks() { python3 "$lib/feeds.py" count "$1"; }
# writes HOME COUNT [OPTION…]
writes() { python3 "$lib/writer.py" "$@" --mark "$round"; }
# whole HOME: what was acknowledged there is there.
whole() {
    export_of "$1" >"$1.export" || fail "round $round, seed $SEED: $1 does not answer"
    grep -o '"id":"[^"]*"' "$1.export" | cut -d'"' -f 4 | sort >"$1.present"
    sort "$1.acknowledged" | comm -23 - "$1.present" >"$1.lost"
    [ ! -s "$1.lost" ] || fail "round $round, seed $SEED: $1 lost $(wc -l <"$1.lost") acknowledged objects"
}

cut=0 syncs=0
for round in $(seq "$ROUNDS"); do
    [ $((RANDOM % 2)) = 0 ] && victim=ada survivor=bob || victim=bob survivor=ada
    moment=$RANDOM
    # Both write, then one dies with a commit under way.
    writes $survivor 5 >>$survivor.acknowledged & other=$!
    writes $victim $((RANDOM % 12 + 1)) --kill "${pid_of[$victim]}" --seed $moment >>$victim.acknowledged
    wait $other
    crash $victim

    alive $survivor || fail "round $round, seed $SEED: $survivor ended when $victim was killed"

    # It comes back to more than one answer holds, and in every second round dies again while it fetches that.
    if [ $((RANDOM % 2)) = 0 ]; then
        writes $survivor 150 --object "$NOTE" >"$ignored"
        before=$(blocks $victim)
        serve $victim
        sleep "0.0$((RANDOM % 6))$((RANDOM % 10))"
        crash $victim
        after=$(blocks $victim)
        alive $survivor || fail "round $round, seed $SEED: $survivor ended when $victim was killed in a sync"
        syncs=$((syncs + 1))
        [ "$before" = "$after" ] || [ "$after" = "$(blocks $survivor)" ] || cut=$((cut + 1))
    fi
    serve $victim
    whole $victim
done
agree ada bob
cat ada.acknowledged bob.acknowledged >all
for who in ada bob; do
    cp all $who.acknowledged
    whole $who
    on $who status --json | grep -q '"waitingBlocks":0' || fail "$who waits for blocks"
    ! grep -qi fork $who.log || fail "$who speaks of a fork"
done
[ "$ROUNDS" -lt 100 ] || [ $cut -gt 0 ] || fail "no kill was in the middle of a sync"
unforked ada bob
echo "crashes: $ROUNDS kills in a commit, $syncs at a sync ($cut with part of it stored)," \
    "$(wc -l <all) acknowledged objects, none lost, none forked"
