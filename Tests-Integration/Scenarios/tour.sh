#!/usr/bin/env bash
# Pastes the README's tour into a shell. DUNLIN_BIN names the folder of a built command, in place of the installation.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

awk '/^## Five minutes/ {in_tour=1} in_tour && /^```sh$/ {on=1; next} /^```$/ && on {exit} on' "$root/README.md" >"$work/tour"
[ -s "$work/tour" ] || { echo "the README has no tour"; exit 1; }
{
    echo "set -e"
    echo "export PATH=\"$DUNLIN_BIN:\$PATH\""
    grep -v '^make install' "$work/tour"
} >"$work/script"
cd "$work"
TMPDIR=$work timeout 120 bash "$work/script" >"$work/out" 2>"$work/err" || { cat "$work/out" "$work/err"; exit 1; }
grep -q "by night train" "$work/out" || { echo "the tour did not end in the merged text:"; cat "$work/out" "$work/err"; exit 1; }
echo "the README's tour works as pasted"
