#!/usr/bin/env bash
# The keys of a home: its passphrase changes, a space is forgotten, the home is signed out; each through the process
# that has it open, without one, and under kill -9. What comes after is the old or the new. ROUNDS says how often;
# SEED gives the same moments again.
LIMIT=${LIMIT:-$((120 + ${ROUNDS:-12} * 12))}
source "$(dirname "$0")/lib/harness.sh"
ROUNDS=${ROUNDS:-12}
SEED=${SEED:-$$}
RANDOM=$SEED

rendezvous_start
for who in ada bob; do home $who; done
on ada space create Trip >"$ignored"
on bob space create Work >"$ignored"
serve ada
let_in ada bob
serve bob
put ada '{"seen":"a kingfisher"}' >"$ignored"
on bob put Work '{"seen":"a heron"}' >"$ignored"
agree ada bob
echo new >new
echo wrong >wrong

# opens HOME FILE: whether the passphrase in the file opens the home.
opens() { dunlin whoami --home "$1" --passphrase-file "$2" >"$ignored" 2>&1; }
# change HOME OLD NEW [COMMAND…]: changes its passphrase from that in one file to that in another.
change() { dunlin passphrase --home "$1" --passphrase-file "$2" --new-passphrase-file "$3"; }
# killed MILLISECONDS FILE COMMAND…: kill -9 at a moment of chance, or as soon as the file is there. The victim is the
# process of ada when she is served, else the command.
killed() {
    local command victim end=$((SECONDS + 5))
    timeout 20 "$DUNLIN_BIN/dunlin" "${@:3}" >"$ignored" 2>&1 </dev/null &
    command=$!
    disown
    victim=${pid_of[ada]:-$command}
    if [ $((RANDOM % 2)) = 0 ]; then
        until [ -e "$2" ] || [ $SECONDS -ge $end ] || gone $command; do :; done
    else
        sleep "0.$(printf %03d $((RANDOM % $1)))"
    fi
    # The command itself is timeout's child.
    [ "$victim" != $command ] || pkill -9 -P $command || true
    kill -9 $victim 2>"$ignored" || true
    [ "$victim" = $command ] || unset "pid_of[ada]"
    within 20 gone $command
}

# A passphrase that is wrong, empty or not there changes nothing; the home goes on through the change.
expect 10 passphrase dunlin passphrase --home ada --passphrase-file wrong --new-passphrase-file new
: >empty
expect 23 empty change ada pass empty
expect 23 "cannot be read" change ada pass nowhere
expect 0 "passphrase changed" change ada pass new
on ada status >"$ignored" || fail "the process that has the home open is of no use after the change"
put ada '{"n":1}' >"$ignored"
agree ada bob
stop ada
! opens ada pass || fail "the old passphrase still opens the home"
expect 10 passphrase dunlin passphrase --home ada --passphrase-file pass --new-passphrase-file pass
# Both from one descriptor.
printf 'new\nsecret\n' | dunlin passphrase --home ada --passphrase-fd 0 --new-passphrase-fd 0 >"$ignored"
opens ada pass || fail "the passphrase is not the one that was chosen"
[ ! -e ada/keyring.previous ] || fail "the keyring under the old passphrase is still there"

# Killed in the middle.
old=pass new=new olds=0 news=0
for round in $(seq "$ROUNDS"); do
    [ $((RANDOM % 3)) != 0 ] || { cp $old ada.pass; start ada "$DUNLIN_BIN/dunlin" sync --home ada \
        --passphrase-file ada.pass --listen 127.0.0.1:0 --json; within 10 said ada '"ready"'; }
    killed 400 ada/keyring.new passphrase --home ada --passphrase-file $old --new-passphrase-file $new
    if opens ada $old; then
        olds=$((olds + 1))
        ! opens ada $new || fail "round $round, seed $SEED: both passphrases open the home"
    else
        opens ada $new || fail "round $round, seed $SEED: neither passphrase opens the home: $(ls ada)"
        news=$((news + 1))
        swap=$old old=$new new=$swap
    fi
    [ -z "$(ls ada | grep 'keyring\.')" ] || fail "round $round, seed $SEED: $(ls ada | grep 'keyring\.') is left"
done
[ $old = pass ] || change ada new pass >"$ignored"
[ "$ROUNDS" -lt 12 ] || { [ $olds -gt 0 ] && [ $news -gt 0 ]; } || fail "all kills came too early or too late, seed $SEED"
serve ada
agree ada bob

# A space is forgotten, and nothing of it is left; the other stays, and so does everything elsewhere.
# Rows are written when the home is closed.
stop bob
serve bob
grep -rq "a kingfisher" bob || fail "what is looked for would not be found"
databases() { ls "$1"/spaces/*.sqlite | wc -l; }
expect 64 "--yes" dunlin space forget Trip --home bob
expect 20 "no space called" dunlin space forget Nowhere --yes --home bob
before=$(databases bob)
expect 0 forgotten dunlin space forget Trip --yes --home bob
[ "$(databases bob)" = $((before - 1)) ] || fail "the files of the forgotten space are still there: $(ls bob/spaces)"
! grep -rq "a kingfisher" bob || fail "what stood in the forgotten space is left: $(grep -rl "a kingfisher" bob)"
[ ! -e bob/keyring.previous ] || fail "the keyring from before still has the keys of the forgotten space"
expect 20 "no space called" on bob list Trip
unlinked() { on ada status --json | grep -q '"peers":\[\]'; }
within 10 unlinked
stop bob
on bob space list | grep -q Work || fail "the other space is gone, too"
grep -rq "a heron" bob || fail "the other space's objects are gone, too"
export_of ada | grep -q kingfisher || fail "what one device forgot is lost on another"

# Killed in the middle: the space is there with all that it has, or gone with all of it.
stop ada
cut=0
for round in $(seq $((ROUNDS / 2))); do
    on ada space create Gone >"$ignored"
    before=$(databases ada)
    on ada put Gone '{"seen":"a bittern"}' >"$ignored"
    killed 400 ada/keyring.previous space forget Gone --yes --home ada --passphrase-file pass
    if on ada list Gone >listed 2>"$ignored"; then
        grep -q bittern listed || fail "round $round, seed $SEED: the space lost its object"
        [ "$(databases ada)" = "$before" ] || fail "round $round, seed $SEED: the space has no file"
        on ada space forget Gone --yes >"$ignored"
    else
        cut=$((cut + 1))
    fi
    [ "$(databases ada)" = $((before - 1)) ] || fail "round $round, seed $SEED: a file of it is left"
    ! grep -rq "a bittern" ada || fail "round $round, seed $SEED: what stood in it is left"
done

# Signed out under kill -9: a home, or something that the next sign-out takes away.
halves=0
for round in $(seq "$ROUNDS"); do
    rm -rf copy
    cp -a ada copy
    killed 100 copy/erasing identity sign-out --yes --home copy
    if opens copy pass; then
        [ "$(dunlin list Trip --home copy --passphrase-file pass | grep -c kingfisher)" = 1 ] ||
            fail "round $round, seed $SEED: half a home opens"
    else
        [ ! -e copy/keyring ] || fail "round $round, seed $SEED: there is a keyring that does not open"
        [ -z "$(find copy -type f)" ] || halves=$((halves + 1))
    fi
    if [ $((RANDOM % 2)) = 0 ] && [ ! -e copy/keyring ]; then
        on copy init --name Eve >"$ignored" 2>&1 || fail "round $round, seed $SEED: no new home can be made"
        ! grep -rq "a kingfisher" copy || fail "round $round, seed $SEED: the new home has what the old one had"
    fi
    dunlin identity sign-out --yes --home copy >out.txt 2>&1 || grep -q "no home" out.txt ||
        fail "round $round, seed $SEED: it cannot be signed out: $(cat out.txt)"
    [ -z "$(find copy -mindepth 1)" ] || fail "round $round, seed $SEED: this is left: $(find copy -mindepth 1)"
done

# Through the process that has it open, which ends.
expect 64 "--yes" dunlin identity sign-out --home ada
expect 14 "no home" dunlin identity sign-out --yes --home nowhere
serve ada
touch ada/mine
expect 0 "signed out" dunlin identity sign-out --yes --home ada
within 10 gone "${pid_of[ada]}"
[ "$(find ada -mindepth 1)" = ada/mine ] || fail "this is left of the home: $(find ada -mindepth 1)"
unset "pid_of[ada]"
expect 14 "no home" on ada whoami
# A damaged keyring says how the one before it comes back, as long as the new one was never opened.
on eve init --name Eve --words 24 --json >phrase 2>"$ignored"
[ "$(value phrase phrase | wc -w)" = 24 ] || fail "the phrase has another length: $(cat phrase)"
on eve space create One >"$ignored"
printf garbage | dd of=eve/keyring bs=1 seek=40 conv=notrunc status=none
expect 11 "mv eve/keyring.previous eve/keyring" on eve whoami
mv eve/keyring.previous eve/keyring
on eve whoami >"$ignored" || fail "the keyring before does not open"
[ -z "$(on eve space list)" ] || fail "the keyring before has keys that were made after it"
# The phrase brings the same identity back.
value phrase phrase >words
identity() { dunlin whoami --home "$1" --passphrase-file pass --json | value /dev/stdin identity; }
on again recover --alone --phrase-file words >"$ignored"
[ "$(identity again)" = "$(identity eve)" ] || fail "24 words bring another identity back"
# A damaged one needs no passphrase.
printf garbage >bob/keyring
expect 11 keyring on bob whoami
expect 0 "signed out" dunlin identity sign-out --yes --home bob
[ -z "$(find bob -mindepth 1)" ] || fail "this is left of the damaged home: $(find bob -mindepth 1)"
echo "keys: killed in $ROUNDS passphrase changes ($olds old, $news new, none lost), $((ROUNDS / 2)) forgettings" \
    "($cut done), $ROUNDS sign-outs ($halves half done); nothing was left of what went"
