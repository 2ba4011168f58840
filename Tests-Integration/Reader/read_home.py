#!/usr/bin/env python3
"""Opens a home folder with its passphrase and prints the objects of a space, by the specification alone."""
import argparse
import json
import sys

try:
    import nacl  # noqa: F401
except ImportError:
    sys.exit("This needs PyNaCl: apt install python3-nacl, or pip install pynacl.")

from dunlin_reader.cbor import Damaged
from dunlin_reader.objects import base32
from dunlin_reader.space import open_space, state_hash


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home")
    parser.add_argument("--passphrase-file", required=True)
    parser.add_argument("--space", required=True)
    options = parser.parse_args()
    with open(options.passphrase_file, "rb") as file:
        passphrase = file.readline().rstrip(b"\n")
    try:
        space, documents = open_space(options.home, passphrase, options.space)
    except Damaged as error:
        sys.exit(f"{options.home}: {error}")
    objects = []
    for id, document in sorted(documents.items()):
        if document.spans and document.field(b"@deleted") is not True:
            objects.append({"id": base32(id), "type": document.field(b"@type"), "value": document.json()})
    result = {"space": space.hex(), "stateHash": state_hash(documents).hex(), "objects": objects}
    print(json.dumps(result, ensure_ascii=False, sort_keys=True))


main()
