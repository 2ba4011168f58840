#!/usr/bin/env bash
# Commands that go through the process of a home: a large answer arrives whole, and a command that is killed
# while it is answered does not take the process with it.
source "$(dirname "$0")/lib/harness.sh"

on ada init --name ada >"$ignored" 2>&1
on ada space create Trip >/dev/null
serve ada
small=$(put ada '{"n":1}')

# hang_ups LISTENS: commands that go away; some say first that they will not listen.
hang_ups() {
    python3 - "$1" <<'PYTHON'
import json, socket, sys
for number in range(40):
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect("ada/socket")
            if sys.argv[1] == "deaf":
                connection.shutdown(socket.SHUT_RD)
            connection.sendall(json.dumps({"command": "export", "space": "Trip"}).encode() + b"\n")
            if sys.argv[1] == "deaf":
                connection.settimeout(1)
                connection.recv(1)
        except OSError:
            pass
PYTHON
}
hang_ups at-once
alive ada || fail "the process ended when commands hung up at once"
hang_ups deaf
alive ada || fail "the process ended when commands hung up before their answer"

# Real commands, killed while objects change under them.
for number in $(seq 12); do
    "$DUNLIN_BIN/dunlin" watch Trip --home ada --json >"$ignored" 2>&1 & watch=$!
    disown
    on ada put Trip "$number" --object "$small" --path n >"$ignored"
    kill -9 $watch
    for again in 1 2 3; do on ada put Trip "$number.$again" --object "$small" --path n >"$ignored"; done
    alive ada || fail "the process ended when \`watch\` was killed"
done

# 24 MB in one answer; through the process as by itself.
python3 - <<'PYTHON'
import json, socket
for number in range(1_200):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect("ada/socket")
        request = {"command": "put", "space": "Trip", "value": {"n": number, "text": "x" * 20_000}}
        connection.sendall(json.dumps(request).encode() + b"\n")
        assert b"result" in connection.recv(4096)
PYTHON
begin=$SECONDS
export_of ada >through || fail "a large answer does not arrive: $(wc -c <through) bytes of it"
took=$((SECONDS - begin))
stop ada
export_of ada >alone
cmp through alone || fail "a large answer is another through the process"
[ "$(grep -o '"id"' through | wc -l)" = 1201 ] || fail "not all objects are in the answer"
[ $took -le 10 ] || fail "a large answer took $took seconds"
echo "answers: 80 hang-ups and 12 killed commands survived," \
    "$(($(wc -c <through) / 1000000)) MB in one answer in $took s"
