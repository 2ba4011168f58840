"""A space: its feeds, members and objects: Docs/Spec/Blocks.md."""
import sqlite3
from pathlib import Path

from . import cbor
from .cbor import Damaged
from .changes import decode_change
from .credentials import Control
from .feeds import read_feeds
from .keyring import open_keyring
from .objects import Document, base32
from .primitives import H

DATA = 1


def open_space(home, passphrase, name):
    """The id and the objects of the space of this name."""
    records = open_keyring((Path(home) / "keyring").read_bytes(), passphrase)
    box = records["device"][32:64]
    for record, secrets in sorted(records.items()):
        if not record.startswith("space/") or records.get("halo") == secrets[:32]:
            continue
        path = Path(home).resolve() / "spaces" / f"{base32(secrets[:32])}.sqlite"
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        metadata = dict(database.execute("SELECT key, value FROM metadata"))
        if metadata.get("name", b"").decode("utf-8") == name:
            return secrets[:32], read_objects(database, metadata, secrets[:32], secrets[32:64], box)
    raise Damaged(f"There is no space called {name} in this home.")


def read_objects(database, metadata, space, secret, box):
    feeds = read_feeds(database)
    for feed in feeds.values():
        if feed.space != space:
            raise Damaged("a feed of another space")
    control = Control(space, secret, box, metadata["genesis"])
    admission = cbor.decode(metadata["admission"]) if "admission" in metadata else []
    control.take_feeds([f for f in feeds.values() if f.purpose != DATA], admission)
    return Blocks(control, feeds).objects()


class Blocks:
    def __init__(self, control, feeds):
        self.control, self.feeds = control, feeds
        self.applied = {key: 0 for key, feed in feeds.items() if feed.purpose == DATA}
        self.versions = {}  # of each applied block: the blocks in its past and itself, by feed
        self.heads = {}
        self.documents = {}

    def objects(self):
        progress = True
        while progress:
            progress = False
            for key in sorted(self.applied):
                while self.applied[key] < len(self.feeds[key].blocks) and self.take(key):
                    progress = True
        waiting = sum(len(self.feeds[k].blocks) - n for k, n in self.applied.items())
        if waiting:
            raise Damaged(f"{waiting} blocks wait for something that is not here.")
        return self.documents

    def take(self, key):
        sequence = self.applied[key]
        try:
            plaintext = self.control.open(self.feeds[key].blocks[sequence], key, sequence)
        except KeyError:
            return False
        transaction = self.decoded(plaintext)
        past = dict(self.versions.get((key, sequence - 1), {}))
        if transaction is None:
            return self.done(key, sequence, past)
        for feed, length, tree in transaction.get(1, []):
            if self.applied.get(feed, 0) < length or self.feeds[feed].tree_hash(length) != tree:
                return False
            for other, count in self.versions[feed, length - 1].items():
                past[other] = max(past.get(other, 0), count)
        heads = transaction.get(2, self.heads.get(key, []))
        allowed = self.control.may_write(heads, self.feeds[key].device, key)
        if allowed is None:
            return False
        self.heads[key] = heads
        if allowed:
            self.apply(transaction, key, sequence, past)
        return self.done(key, sequence, past)

    def done(self, key, sequence, past):
        past[key] = sequence + 1
        self.versions[key, sequence] = past
        self.applied[key] = sequence + 1
        return True

    @staticmethod
    def decoded(plaintext):
        if plaintext is None:
            return None
        try:
            transaction = cbor.decode(plaintext)
            transaction[3], transaction[4]
            return transaction
        except (Damaged, KeyError, TypeError):
            return None

    def apply(self, transaction, key, sequence, past):
        try:
            changes = [(id, decode_change(change, key)) for id, change in transaction[4]]
        except (Damaged, IndexError, UnicodeDecodeError):
            return
        if sum(o.units for _, operations in changes for o in operations) > 1 << 32:
            return
        number = sequence << 32
        for id, operations in changes:
            document = self.documents.setdefault(id, Document())
            document.apply(operations, key, number, past)
            number += sum(o.units for o in operations)


def state_hash(documents):
    return H(*(id + H(cbor.encode(documents[id].canonical())) for id in sorted(documents) if documents[id].spans))
