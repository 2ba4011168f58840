#!/usr/bin/env bash
# Plants known bugs, one at a time, and demands that the simulator finds each within SEEDS seeds.
set -euo pipefail
cd "$(dirname "$0")/.."
SEEDS=${SEEDS:-1000}
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
git ls-files -co --exclude-standard | tar -cf - -T - | tar -xf - -C "$work"
failed=0
for patch in Packages/Simulation/Planted/*.patch; do
    name=$(basename "$patch" .patch)
    (cd "$work" && patch -sp1 <"$OLDPWD/$patch")
    if ! swift build -c release --package-path "$work/Tools" --scratch-path "$PWD/.build-planted" \
        --product dunlin-sim -Xswiftc -no-warnings-as-errors >"$work/log" 2>&1; then tail -20 "$work/log"; exit 1; fi
    sim=$(swift build -c release --package-path "$work/Tools" --scratch-path "$PWD/.build-planted" --show-bin-path)/dunlin-sim
    found=$( { "$sim" --seeds "$SEEDS" --stop-after 1 --jobs 1 2>/dev/null || true; } | grep "^seed " | head -1 || true)
    if [ -n "$found" ]; then
        echo "$name: found by $found"
    else
        echo "$name: not found within $SEEDS seeds"; failed=1
    fi
    (cd "$work" && patch -sRp1 <"$OLDPWD/$patch")
done
exit $failed
