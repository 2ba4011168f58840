#!/usr/bin/env bash
# Pastes the tutorials into a shell, each into one of its own, and looks for what they lead to.
source "$(dirname "$0")/lib/harness.sh"

# paste PAGE WORDS…: runs the page's script; what it prints has these words, in this order.
paste() {
    local page=$1 word rest
    awk '/^```sh$/ {on=1; next} /^```$/ && on {exit} on' "$lib/../../../Docs/Tutorials/$page.md" >"$page.script"
    [ -s "$page.script" ] || fail "the page $page has no script"
    { echo "set -e"; cat "$page.script"; } | TMPDIR=$work timeout 120 setsid bash >"$page.out" 2>"$page.err" ||
        fail "$page does not work as pasted: $(cat "$page.out" "$page.err")"
    rest=$(cat "$page.out")
    for word in "${@:2}"; do
        case $rest in *"$word"*) rest=${rest#*"$word"} ;; *) fail "$page lacks “$word”: $(cat "$page.out")" ;; esac
    done
}

paste Identity "by train" "this one" "admin" "taken out" "by train" "by night train" "Trip" "taken out" "on foot" "holds this one for stolen" "confirmed" "did:key:" "signed out"
echo "tutorials: Identity works as pasted in $SECONDS s"
