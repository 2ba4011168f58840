#!/usr/bin/env python3
"""Prints what a home holds of the letters in a space, by the specification alone (Docs/Spec/Cards.md).

letters: how many lie there; opened: those that are for this device, with the space that they lead to; found: how often
the bytes of --needle stand in anything that this device can decrypt there, letters for others as they lie.
"""
import argparse
import json
import sys

try:
    import nacl  # noqa: F401
except ImportError:
    sys.exit("This needs PyNaCl: apt install python3-nacl, or pip install pynacl.")

from base64 import b32decode, b64decode

from dunlin_reader import cbor
from dunlin_reader.primitives import H, box_public, open_box
from dunlin_reader.space import find_space

LETTERS = 1
BLOCK = 1024


def letters(documents):
    """Each letter with its id, in whichever device's object."""
    for id, document in documents.items():
        if id[:5] == b"owned" and id[5] == LETTERS:
            for name, value in (document.json() or {}).items():
                yield name, cbor.decode(b64decode(value["@bytes"] + "=="))


def opened(name, letter, secret):
    """The ticket in a letter, and how the space is called, if it is for the holder of this key."""
    public, id = box_public(secret), b32decode(name.upper() + "======")
    for tag, box in letter[3]:
        if tag == H(public, id)[:8]:
            padded = open_box(box, public, secret)
            text = padded.rstrip(b"\0")
            assert len(padded) % BLOCK == 0 and len(padded) - len(text) < BLOCK and text[-1:] == b"\x80"
            content = cbor.decode(text[:-1])
            return cbor.decode(content[2]), content[3]
    return None


def plaintexts(blocks):
    for key, feed in blocks.feeds.items():
        for sequence, block in enumerate(feed.blocks):
            try:
                yield blocks.control.keys.open(block, key, sequence) or b""
            except KeyError:
                continue


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home")
    parser.add_argument("--passphrase-file", required=True)
    parser.add_argument("--space", required=True)
    parser.add_argument("--needle", action="append", default=[], help="text, or 0x and hexadecimal digits")
    options = parser.parse_args()
    with open(options.passphrase_file, "rb") as file:
        passphrase = file.readline().rstrip(b"\n")
    place = find_space(options.home, passphrase, options.space)
    blocks = place.blocks()
    found = list(letters(blocks.objects()))
    mine = [item for item in (opened(name, letter, place.box) for name, letter in found) if item]
    needles = [bytes.fromhex(n[2:]) if n.startswith("0x") else n.encode() for n in options.needle]
    readable = list(plaintexts(blocks))
    print(json.dumps({
        "letters": len(found), "opened": [{"space": ticket[9].hex(), "name": name} for ticket, name in mine],
        "read": len(readable), "found": sum(text.count(needle) for text in readable for needle in needles),
    }, sort_keys=True))


main()
