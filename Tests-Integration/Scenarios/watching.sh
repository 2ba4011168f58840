#!/usr/bin/env bash
# A part of an object is watched while elements of its list are moved and set: each change says what differs.
source "$(dirname "$0")/lib/harness.sh"

on ada init --name ada >"$ignored" 2>&1
on ada space create Trip >/dev/null
serve ada
tasks=$(put ada '{"tasks":[{"title":"wash"},{"title":"cook"},{"title":"read"}],"n":0}')

"$DUNLIN_BIN/dunlin" watch Trip "$tasks" --path tasks --count 2 --home ada --json >watch.log & watch=$!
within 10 test -s watch.log
on ada put Trip 1 --object "$tasks" --path n >"$ignored"
moved=$(on ada move Trip "$tasks" tasks --from 0 --to 2 --json)
[ "$moved" = '[{"title":"cook"},{"title":"read"},{"title":"wash"}]' ] || fail "moved to $moved"
on ada put Trip '"write"' --object "$tasks" --path tasks/1/title >"$ignored"
wait $watch || fail "watch failed"
python3 - <<'PYTHON' || fail "what was watched is not what happened: $(cat watch.log)"
import json
lines = [json.loads(line) for line in open("watch.log") if '"changed"' in line]
titles = [[task["title"] for task in line["value"]] for line in lines]
assert titles == [["wash", "cook", "read"], ["cook", "read", "wash"], ["cook", "write", "wash"]], titles
assert all([d["path"] for d in line["differences"]] == ["tasks"] for line in lines), lines
PYTHON

note=$(put ada '{"text":{"@text":"hello"}}')
"$DUNLIN_BIN/dunlin" watch Trip "$note" --path text --count 1 --home ada --json >marks.log & watch=$!
within 10 test -s marks.log
on ada mark Trip "$note" text --at 1 --count 3 --key bold --value true >"$ignored"
wait $watch || fail "watching marks failed"
grep -q '"newAttributes":\[{"key":"bold","ranges":\[\[1,4\]\],"value":true}\]' marks.log || fail "$(cat marks.log)"

on ada move Trip "$tasks" tasks --from 0 --to 3 >"$ignored" 2>&1 && fail "a move beyond the end is taken"
on ada watch Trip --path tasks >"$ignored" 2>&1 && fail "a path without an object is taken"
stop ada
echo "watching: a list watched while an element was moved and another edited"
