#!/usr/bin/env python3
"""Checks the vectors of the formats with the second reader."""
import base64
import json
import sys

from dunlin_reader import cbor
from dunlin_reader.changes import decode_change
from dunlin_reader.credentials import Control, Credential
from dunlin_reader.feeds import Feed
from dunlin_reader.keyring import open_keyring
from dunlin_reader.objects import Document
from dunlin_reader.primitives import H

unhex = bytes.fromhex


def keyring(vector):
    records = open_keyring(unhex(vector["file"]), vector["passphrase"].encode())
    assert {name: secret.hex() for name, secret in records.items()} == vector["records"]


def credential(vector):
    read = Credential(unhex(vector["bytes"]))
    assert read.id.hex() == vector["id"] and read.space.hex() == vector["space"]


def envelopes(vectors):
    for vector in vectors:
        secret = unhex(vector.get("spaceSecret", "00" * 32))
        control = Control(unhex(vector["space"]), secret, bytes([1]) * 32, None)
        if "contentKey" in vector:
            key = unhex(vector["contentKey"])
            control.keys[H(b"key", key)] = key
        plaintext = control.open(unhex(vector["block"]), unhex(vector["feed"]), vector["sequence"])
        assert plaintext == unhex(vector["plaintext"])


def feed(vector):
    descriptor = unhex(vector["descriptor"])
    blocks = [unhex(block) for block in vector["blocks"]]
    read = Feed(cbor.decode(descriptor)[3], descriptor, blocks, unhex(vector["head"]), {})
    assert read.tree_hash(len(blocks)).hex() == vector["treeHash"]


def object(vector):
    document = Document()
    for step in vector["steps"]:
        writer = unhex(step["writer"])
        past = {unhex(feed): length for feed, length in step["past"].items()}
        document.apply(decode_change(unhex(step["change"]), writer), writer, step["block"] << 32, past)
    assert cbor.encode(document.canonical()).hex() == vector["canonicalState"]
    assert document.json() == json.loads(vector["json"])


def transaction(vector):
    fields = cbor.decode(unhex(vector["bytes"]))
    assert fields[1] == [[unhex(vector["feed"]), vector["length"], unhex(vector["treeHash"])]]
    assert fields[2] == [unhex(head) for head in vector["controlHeads"]] and fields[3] == vector["wallClock"]
    assert fields[4] == [[unhex(vector["object"]), unhex(vector["change"])]]


def ticket(vector):
    fields = cbor.decode(unhex(vector["bytes"]))
    assert unhex(vector["id"]) in fields.values() and unhex(vector["host"]) in fields.values()
    digits = base64.b32encode(unhex(vector["bytes"])).decode().rstrip("=").lower()
    assert vector["text"] == "dunlin:" + digits and vector["link"] == "dunlin://join/" + digits
    assert vector["qr"] == vector["link"].upper()


def replication(vectors):
    for vector in vectors:
        assert cbor.decode(unhex(vector["bytes"]))[0] == ["hello", "vector", "want"].index(vector["name"])


with open(sys.argv[1]) as file:
    everything = json.load(file)
for name, check in [("keyring", keyring), ("credential", credential), ("envelopes", envelopes), ("feed", feed),
                    ("object", object), ("transaction", transaction), ("ticket", ticket),
                    ("replication", replication)]:
    check(everything.pop(name))
assert not everything, f"vectors that nobody checks: {list(everything)}"
print("the second reader agrees with every vector")
