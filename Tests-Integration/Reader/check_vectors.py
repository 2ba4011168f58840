#!/usr/bin/env python3
"""Checks the vectors of the formats with the second reader."""
import base64
import json
import sys

from dunlin_reader import cbor
from dunlin_reader.changes import decode_change
from dunlin_reader.content_keys import ContentKeys, writing_key
from dunlin_reader.control import Control
from dunlin_reader.credentials import Credential, read_credential
from dunlin_reader.feeds import Feed
from dunlin_reader.keyring import open_keyring
from dunlin_reader.kinds import ROLE_NAMES
from dunlin_reader.objects import Document
from dunlin_reader.primitives import H

unhex = bytes.fromhex


def keyring(vector):
    records = open_keyring(unhex(vector["file"]), vector["passphrase"].encode())
    assert {name: secret.hex() for name, secret in records.items()} == vector["records"]


def credential(vector):
    read = Credential(unhex(vector["bytes"]))
    assert read.id.hex() == vector["id"] and read.space.hex() == vector["space"]


def membership(vector):
    space = unhex(vector["space"])
    control = Control(space, ContentKeys(space, bytes(32), []), unhex(vector["genesis"]))
    credentials = [Credential(unhex(item["bytes"])) for item in vector["credentials"]]
    for item, read in zip(vector["credentials"], credentials):
        assert control.insert(read), "the parents of a credential are missing"
        data = unhex(item["bytes"])
        for place in range(0, len(data), 7):
            flipped = data[:place] + bytes([data[place] ^ 1 << place % 8]) + data[place + 1:]
            assert read_credential(flipped) is None, f"a changed bit at {place} is not noticed"
    control.members = view = control.graph.view()
    statuses = {
        node.id.hex(): "invalid" if not node.valid else "live" if node in view.is_live else "void"
        for node in control.graph.nodes.values()}
    assert statuses == vector["statuses"], statuses
    members = {
        identity.hex(): {
            "role": ROLE_NAMES[member.role], "devices": sorted(device.hex() for device in member.devices),
            "suspended": sorted(device.hex() for device in view.suspended() & member.devices.keys())}
        for identity, member in view.members.items()}
    assert members == vector["members"], members
    assert writing_key(control.graph, view).hex() == vector["cleanKey"]
    cuts = {feed.hex(): control.rooted(feed) for feed in control.data_feeds}
    assert {feed: length for feed, length in cuts.items() if length} == vector["cuts"], cuts
    for box in vector["boxes"]:
        keys = ContentKeys(space, bytes(32), [unhex(box["secret"])])
        for read in credentials:
            keys.learn(read)
        assert {id.hex(): key.hex() for id, key in keys.keys.items()} == box["keys"]


def envelopes(vectors):
    for vector in vectors:
        secret = unhex(vector.get("spaceSecret", "00" * 32))
        keys = ContentKeys(unhex(vector["space"]), secret, [])
        if "contentKey" in vector:
            key = unhex(vector["contentKey"])
            keys.keys[H(b"key", key)] = key
        plaintext = keys.open(unhex(vector["block"]), unhex(vector["feed"]), vector["sequence"])
        assert plaintext == unhex(vector["plaintext"])


def feed(vector):
    descriptor = unhex(vector["descriptor"])
    blocks = [unhex(block) for block in vector["blocks"]]
    read = Feed(cbor.decode(descriptor)[2], descriptor, blocks, unhex(vector["head"]), {})
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
for name, check in [("keyring", keyring), ("credential", credential), ("membership", membership),
                    ("envelopes", envelopes), ("feed", feed), ("object", object), ("transaction", transaction),
                    ("ticket", ticket), ("replication", replication)]:
    check(everything.pop(name))
assert not everything, f"vectors that nobody checks: {list(everything)}"
print("the second reader agrees with every vector")
