#!/usr/bin/env python3
"""Opens a home folder with its passphrase and prints the objects of a space, by the specification alone.

With --members it prints who belongs to the space, and the type of the credential that brought the key in use.
"""
import argparse
import json
import sys

try:
    import nacl  # noqa: F401
except ImportError:
    sys.exit("This needs PyNaCl: apt install python3-nacl, or pip install pynacl.")

from dunlin_reader.cbor import Damaged
from dunlin_reader.objects import base32
from dunlin_reader.kinds import ROLE_NAMES
from dunlin_reader.space import find_space, is_owned, state_hash


def members(place):
    control = place.control()
    key, view = control.writing_key(), control.members
    return {
        "members": [
            {"role": ROLE_NAMES[member.role], "devices": len(member.devices)}
            for member in sorted(view.members.values(), key=lambda member: member.admission.rank)],
        "key": next((n.type for n in view.live if n.credential.rotation and n.credential.rotation.key == key), None),
    }


def objects(place):
    documents, found = place.blocks().objects(), []
    for id, document in sorted(documents.items()):
        if document.spans and not is_owned(id) and document.field(b"@deleted") is not True:
            found.append({"id": base32(id), "type": document.field(b"@type"), "value": document.json()})
    return {"space": place.id.hex(), "stateHash": state_hash(documents).hex(), "objects": found}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home")
    parser.add_argument("--passphrase-file", required=True)
    parser.add_argument("--space", required=True)
    parser.add_argument("--members", action="store_true")
    options = parser.parse_args()
    with open(options.passphrase_file, "rb") as file:
        passphrase = file.readline().rstrip(b"\n")
    try:
        place = find_space(options.home, passphrase, options.space)
        result = members(place) if options.members else objects(place)
    except Damaged as error:
        sys.exit(f"{options.home}: {error}")
    print(json.dumps(result, ensure_ascii=False, sort_keys=True))


main()
