#!/usr/bin/env bash
# An outside package depends on a tagged copy of this repository by URL and version, and uses some
# products, one of them over native libraries.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

git clone --quiet "$root" "$work/dunlin"
git -C "$work/dunlin" -c tag.gpgsign=false tag 0.1.0
mkdir -p "$work/consumer/Sources/consumer"
cat >"$work/consumer/Package.swift" <<MANIFEST
// swift-tools-version: 6.2
import PackageDescription
let package = Package(
    name: "consumer",
    platforms: [.macOS(.v15)],
    dependencies: [.package(url: "file://$work/dunlin", from: "0.1.0")],
    targets: [
        .executableTarget(name: "consumer", dependencies: [
            .product(name: "DunlinTextCRDT", package: "dunlin"),
            .product(name: "DunlinCausality", package: "dunlin"),
            .product(name: "DunlinQRCodes", package: "dunlin"),
        ])
    ])
MANIFEST
cat >"$work/consumer/Sources/consumer/main.swift" <<'SOURCE'
import DunlinCausality
import DunlinQRCodes
import DunlinTextCRDT

guard let ada = ReplicaID(bytes: [UInt8](repeating: 1, count: 32)),
    let bob = ReplicaID(bytes: [UInt8](repeating: 2, count: 32))
else { fatalError("ids have 32 bytes") }
var a = Text(replica: ada), b = Text(replica: bob)
try a.insert("hello", at: 0)
try b.merge(a.encode())
try b.insert(" world", at: 5)
try a.merge(b.encode())
let code = try QRCode(a.string)
print(a.string, code.width, try code.png(scale: 1).count > 60)
SOURCE
out=$(swift run --package-path "$work/consumer" consumer 2>"$work/log" | tail -1) || { cat "$work/log"; exit 1; }
[ "$out" = "hello world 21 true" ] || { echo "the consumer printed: $out"; exit 1; }
echo "an outside package built with DunlinTextCRDT and DunlinQRCodes by URL and version, and printed: $out"
