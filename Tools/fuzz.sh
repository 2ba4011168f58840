#!/usr/bin/env bash
# Fuzzes every target (or TARGET) for SECONDS each with libFuzzer and the address sanitizer. What fails is kept in
# .build-fuzz/findings; put it into Tools/fuzz/Corpus once it is mended, and CI replays it for ever.
set -euo pipefail
cd "$(dirname "$0")/.."
SECONDS_EACH=${1:-60} TARGET=${2:-}
build() { swift build -c release --package-path Tools/fuzz --scratch-path .build-fuzz --product dunlin-fuzz \
    --sanitize=fuzzer --sanitize=address -Xswiftc -sanitize=fuzzer,address "$@"; }
build 2>&1 | grep -E 'error|Compiling|complete' | tail -1
fuzzer=$(build --show-bin-path)/dunlin-fuzz
mkdir -p .build-fuzz/findings
failed=0
for folder in Tools/fuzz/Corpus/*/; do
    target=$(basename "$folder")
    [ -z "$TARGET" ] || [ "$TARGET" = "$target" ] || continue
    mkdir -p ".build-fuzz/corpus/$target"
    # An input may take a second and 512 MiB; the fuzzer itself needs some of it.
    if FUZZ_TARGET=$target "$fuzzer" ".build-fuzz/corpus/$target" "$folder" -max_total_time="$SECONDS_EACH" -timeout=5 \
        -rss_limit_mb=1024 -malloc_limit_mb=512 -max_len=16384 -print_final_stats=1 -artifact_prefix=".build-fuzz/findings/$target-" \
        >".build-fuzz/$target.log" 2>&1; then
        runs=$(sed -n 's/^stat::number_of_executed_units: //p' ".build-fuzz/$target.log")
        cover=$(grep -oE 'cov: [0-9]+' ".build-fuzz/$target.log" | tail -1 || true)
        # A fuzzer that sees no edges searches nothing.
        [ -n "$cover" ] || { echo "$target: FAILED, the code is not instrumented"; failed=1; continue; }
        echo "$target: clean, $runs inputs, $cover"
    else
        echo "$target: FAILED, see .build-fuzz/$target.log"; grep -m3 -E 'ERROR|Fatal error|SUMMARY|Test unit' ".build-fuzz/$target.log" || true
        failed=1
    fi
done
exit $failed
