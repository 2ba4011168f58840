#!/usr/bin/env bash
# What a machine can hold of the house rules. Each message names the remedy.
set -uo pipefail
cd "$(dirname "$0")/.."
failed=0
complain() { echo "$1"; failed=1; }

sources() { git ls-files -co --exclude-standard 'Packages/*/Sources/*.swift' 'Tools/*.swift' | grep -v '/Package.swift$'; }
# Modules named after a native library, the client and the tools may touch the system; the rest may not.
core() { sources | grep '^Packages/' | grep -vE 'SQLite/|UV/|/Dunlin/Sources/Dunlin/'; }

while read -r file; do
    lines=$(wc -l <"$file")
    [ "$lines" -le 640 ] || complain "$file has $lines lines: find its second idea and give that a file."
done < <(sources)

found=$(core | xargs grep -nE '^import Foundation' ) && complain "The core does without Foundation; move this to an adapter: $found"
found=$(core | xargs grep -nE 'ContinuousClock|SystemRandomNumberGenerator|Task \{|Task\.sleep|Date\(\)') \
    && complain "The core takes time and randomness as arguments and starts no tasks: $found"
found=$(sources | xargs grep -nE 'try!|as!|fatalError\(' ) && complain "Outside input must not trap; throw a typed error: $found"
found=$(sources | xargs grep -nE '\b(TODO|FIXME|XXX)\b') && complain "Finish it, or open an issue and remove the mark: $found"
found=$(sources | xargs grep -nE '^(public |package |internal |final )*(struct|class|enum|actor|protocol) \w*(Manager|Helper|Helpers|Util|Utils|Handler|Service)\b') \
    && complain "Name the thing, not that it does something: $found"
found=$(sources | grep -v 'Unsafe.swift$' | xargs grep -nE 'nonisolated\(unsafe\)') && complain "Keep this to a file named …+Unsafe.swift: $found"
found=$(git ls-files -co --exclude-standard | grep -E 'Placeholder\.swift$|Package\.resolved$|(^|/)\.build') \
    && complain "Remove what was only there for building: $found"

for package in Packages/*/; do
    [ -f "$package/README.md" ] || { complain "$package has no README.md: say what it is, with an example."; continue; }
    example=$(ls "$package"Tests/*/ReadmeExample.swift 2>/dev/null | head -1)
    [ -n "$example" ] || { complain "$package has no ReadmeExample.swift: compile the README's example in its tests."; continue; }
    # The first Swift block, without imports and indentation, must stand in the test.
    awk '/^```swift$/ && !done {on=1; next} /^```$/ && on {on=0; done=1} on' "$package/README.md" |
        grep -v '^import ' | sed 's/^ *//' | grep -v '^$' >/tmp/dunlin-example.$$ || true
    [ -s /tmp/dunlin-example.$$ ] || complain "$package/README.md has no example in a \`\`\`swift block."
    sed 's/^ *//' "$example" >/tmp/dunlin-compiled.$$
    while IFS= read -r line; do
        grep -qxF -- "$line" /tmp/dunlin-compiled.$$ || complain "$package/README.md: this line is not in $example: $line"
    done </tmp/dunlin-example.$$
    rm -f /tmp/dunlin-example.$$ /tmp/dunlin-compiled.$$
done
[ $failed = 0 ] && echo "the house rules hold"
exit $failed
