#!/usr/bin/env bash
# Changes one bit or one expectation of each vector file in a copy; the runner must notice every time.
# usage: conformance-flip.sh RUNNER FOLDER
set -euo pipefail
runner=$1 folder=$2
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
mkdir "$work/vectors"

# The digit with its highest bit flipped.
flip() { printf '%x' $((0x$1 ^ 8)); }
check() {
    cp "$folder"/vectors/* "$work/vectors/"
    local file="$work/vectors/$1"
    if [ "$2" = word ]; then sed -i '1s/a/i/' "$file"
    elif [ "$2" = status ]; then sed -i '0,/: *"void"/s//:"live"/' "$file"
    else
        local value; value=$(grep -oE "\"$2\": *\"[0-9a-f]+\"" "$file" | sed -n "${3:-1}p")
        [ -n "$value" ] || { echo "$1 has no $2"; exit 1; }
        local digits=${value%\"}; local last=${digits: -1}
        local line; line=$(grep -nF "$value" "$file" | head -1 | cut -d: -f1)
        sed -i "${line}s|$value|${digits%?}$(flip "$last")\"|" "$file"
    fi
    cmp -s "$file" "$folder/vectors/$1" && { echo "$1 was not changed"; exit 1; }
    if "$runner" "$work" >"$work/out"; then echo "a changed bit in $1 went unnoticed"; exit 1; fi
    grep -q "^$1 .* [1-9][0-9]* failed" "$work/out" || { echo "the wrong file failed for $1"; cat "$work/out"; exit 1; }
}

# The first malformed case is 1817, which one bit makes well formed.
check cbor-rfc8949-appendix-a.json hex "$(grep -oE '"hex": *"[0-9a-f]+"' "$folder/vectors/cbor-rfc8949-appendix-a.json" | grep -n '"1817"' | head -1 | cut -d: -f1)"
check bip39-english.txt word
check bip39-english.json seed
check did-key-ed25519.json ed25519_public
check wycheproof-ed25519.json sig
check wycheproof-x25519-subset.json shared
check wycheproof-xchacha20poly1305-subset.json tag
check noise-xx-25519-chachapoly-blake2b.json ciphertext
check cpace-ristretto255-sha512.json ISK_IR
check hypercore-tree.json tree_hash
# What is expected of a credential, not a bit of it.
check membership-scenarios.json status
check membership-random.json status
echo "a change was noticed in each of 12 files"
