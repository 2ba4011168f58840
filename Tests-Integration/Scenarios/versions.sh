#!/usr/bin/env bash
# Two versions meet: a home, keyring, database, invitation or connection of a newer version is refused with
# a clear sentence, and nothing of it is touched.
source "$(dirname "$0")/lib/harness.sh"

rendezvous_start
for who in ada bob; do home $who; done
on ada space create Trip >/dev/null
first=$(put ada '{"a":1}')
cases=0

# untouched HOME WORDS: refused with 12 by reading, writing and serving alike; every file is as it was.
untouched() {
    local before
    before=$(files "$1")
    expect 12 "$2" on "$1" whoami
    expect 12 "$2" on "$1" put Trip '{"a":2}'
    expect 12 "$2" on "$1" sync --until-idle --listen 127.0.0.1:0
    [ "$(files "$1")" = "$before" ] || fail "$1 has changed: $(diff <(echo "$before") <(files "$1"))"
    cases=$((cases + 1))
}
# All but the lock, which is empty, and the socket.
files() { (cd "$1" && find . -type f ! -name lock ! -name '*-shm' -size +0 | sort | xargs sha256sum); }

cp -r ada format
echo 2 >format/format
untouched format "format 2"

cp -r ada keyring
python3 "$lib/newer.py" keyring keyring/keyring
untouched keyring "version 2"

cp -r ada database
for file in database/spaces/*.sqlite; do python3 "$lib/newer.py" database "$file"; done
untouched database "format 99"

# One newer database of two does as much.
cp -r ada single
last=$(ls single/spaces/*.sqlite | tail -n 1)
python3 "$lib/newer.py" database "$last"
untouched single "format 99"
on ada get Trip "$first" >"$ignored" || fail "the original is damaged"

# An invitation.
serve ada
invite ada Trip
NEWER=$(python3 "$lib/newer.py" ticket "$TICKET")
before=$(files bob)
expect 12 "version 2" on bob join "$NEWER" --code "$CODE" --listen 127.0.0.1:0
[ "$(files bob)" = "$before" ] || fail "a newer invitation changed the guest's home"
cases=$((cases + 1))
join bob >bob.log || fail "the invitation as it was made is not accepted"
serve bob
agree ada bob

# Connections: a preamble, then a handshake, of a version that is not known. They end at once, and say
# nothing.
before=$(export_of ada)
for name in ada rendezvous; do
    python3 "$lib/newer.py" wire "$(port $name)" >wire || fail "$name: $(cat wire)"
    cases=$((cases + $(wc -l <wire)))
    alive $name || fail "$name ended"
done
[ "$(export_of ada)" = "$before" ] || fail "a connection of another version changed Ada's objects"
put bob '{"a":3}' >"$ignored"
agree ada bob
echo "versions: $cases meetings with a newer version, each refused, nothing touched"
