#!/usr/bin/env bash
# Makes sure that the native libraries are there: installs them through apt when it may, else says how. With
# `readers` also the programs that read drawings in Tests-Integration.
set -euo pipefail

command -v swift >/dev/null || { echo "Swift 6.2 or newer is needed: https://www.swift.org/install"; exit 1; }

missing=()
command -v pkg-config >/dev/null || missing+=(pkg-config)
for pair in libsodium:libsodium-dev libuv:libuv1-dev libzstd:libzstd-dev sqlite3:libsqlite3-dev libqrencode:libqrencode-dev \
    zlib:zlib1g-dev; do
    command -v pkg-config >/dev/null && pkg-config --exists "${pair%%:*}" || missing+=("${pair#*:}")
done
# Tests-Integration/Reader reads homes in Python.
python3 -c 'import nacl' 2>/dev/null || /usr/bin/python3 -c 'import nacl' 2>/dev/null || missing+=(python3-nacl)
if [ "${1:-}" = readers ]; then
    for pair in zbarimg:zbar-tools rsvg-convert:librsvg2-bin pngfix:libpng-tools; do
        command -v "${pair%%:*}" >/dev/null || missing+=("${pair#*:}")
    done
fi
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
    echo "These are missing: ${missing[*]}. Install them with the system's package manager, then try again."
    exit 1
fi
if [ "$(id -u)" = 0 ]; then sudo=""
elif sudo -n true 2>/dev/null; then sudo="sudo"
else
    echo "Something is missing. Run this, then try again:"
    echo "    sudo apt-get update && sudo apt-get install -y ${missing[*]}"
    exit 1
fi
echo "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
$sudo apt-get install -y -qq "${missing[@]}" >/dev/null
