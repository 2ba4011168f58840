#!/usr/bin/env bash
# The README's two commands on a machine that has nothing: a bare Debian in a folder (debootstrap), with the Swift
# toolchain bound in and what the README says is needed (git, make, and the compiler's own needs) installed.
# BIND=folders and GITCONFIG=file give it what else this machine reaches packages by. Needs root.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "This makes a system of its own and needs root: sudo make fresh"; exit 1; }
command -v debootstrap >/dev/null || apt-get install -y -qq debootstrap >/dev/null
toolchain=$(cd "$(dirname "$(command -v swift)")/../.." && pwd)
root=$(mktemp -d)
finish() {
    for folder in $(mount | awk -v root="$root" '$3 ~ "^" root { print $3 }' | sort -r); do umount -l "$folder"; done
    rm -rf --one-file-system "$root"
}
trap finish EXIT
step() { echo "== $1 ($(date +%H:%M:%S))"; }

step "a bare Debian"
debootstrap --variant=minbase "${SUITE:-bookworm}" "$root" "${MIRROR:-http://deb.debian.org/debian}" >"$root.log" 2>&1 \
    || { tail -5 "$root.log"; exit 1; }
for folder in "$toolchain" ${BIND:-}; do
    mkdir -p "$root$folder"
    mount --bind -o ro "$folder" "$root$folder"
done
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
cp /etc/resolv.conf "$root/etc/resolv.conf"
[ -z "${GITCONFIG:-}" ] || cp "$GITCONFIG" "$root/etc/gitconfig"

step "git, make and what the compiler needs"
inside() { chroot "$root" /usr/bin/env -i HOME=/root LANG=C.UTF-8 PATH="$toolchain/bin:$toolchain/usr/bin:/usr/sbin:/usr/bin:/sbin:/bin" "$@"; }
inside sh -c "export DEBIAN_FRONTEND=noninteractive; apt-get update -qq && apt-get install -y -qq git make ca-certificates \
    binutils gcc libstdc++-12-dev libc6-dev libxml2 libcurl4 libz3-4 libedit2 libncurses6 libsqlite3-0 zlib1g-dev tzdata >/dev/null 2>&1"
mkdir -p "$root/root/dunlin"
git ls-files -co --exclude-standard | tar -cf - -T - | tar -xf - -C "$root/root/dunlin"
inside sh -c "cd /root/dunlin && git init -q && git add -A"

step "make demo"
inside make -C /root/dunlin demo 2>&1 | tail -n 12
step "make test"
inside make -C /root/dunlin test 2>&1 | grep -E "error|✘|Test run with|installing" | tail -n 12
step "held"
