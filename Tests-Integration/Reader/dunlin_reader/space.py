"""A space: its feeds, members and objects: Docs/Spec/Blocks.md."""
import sqlite3
from pathlib import Path

from . import cbor
from .cbor import Damaged
from .changes import decode_change
from .content_keys import ContentKeys
from .control import Control
from .feeds import read_feeds
from .keyring import open_keyring
from .objects import Document, base32
from .primitives import H


def find_space(home, passphrase, name):
    """The space of this name in a home: its database with the keys that the keyring has for it."""
    records = open_keyring((Path(home) / "keyring").read_bytes(), passphrase)
    for record, secrets in sorted(records.items()):
        if not record.startswith("space/") or records.get("halo") == secrets[:32]:
            continue
        path = Path(home).resolve() / "spaces" / f"{base32(secrets[:32])}.sqlite"
        place = Place(secrets, records["device"], sqlite3.connect(f"file:{path}?mode=ro", uri=True))
        if place.metadata.get("name", b"").decode("utf-8") == name:
            return place
    raise Damaged(f"There is no space called {name} in this home.")


class Place:
    """A space where it lies: the device's secrets, and a database."""

    def __init__(self, secrets, device, database):
        self.id, self.secret, self.box = secrets[:32], secrets[32:64], device[32:64]
        self.metadata = dict(database.execute("SELECT key, value FROM metadata"))
        self.admission = cbor.decode(self.metadata["admission"]) if "admission" in self.metadata else []
        self.feeds = read_feeds(database)
        if any(feed.space != self.id for feed in self.feeds.values()):
            raise Damaged("a feed of another space")

    def keys(self):
        """Empty ones, which the device's box key will open."""
        return ContentKeys(self.id, self.secret, [self.box])

    def control(self):
        control = Control(self.id, self.keys(), self.metadata["genesis"])
        control.take_feeds(list(self.feeds.values()), self.admission)
        return control

    def blocks(self):
        return Blocks(self.control(), self.feeds)


class Blocks:
    def __init__(self, control, feeds):
        self.control, self.feeds = control, feeds
        self.applied = {key: 0 for key in feeds if key in control.data_feeds}
        self.versions = {}  # of each applied block: the blocks in its past and itself, by feed
        self.heads = {}
        self.order = []  # (transaction, feed, sequence) of blocks that are not empty, parents first

    def objects(self):
        self.apply_all()
        kept, documents = self.kept(), {}
        for transaction, key, sequence in self.order:
            if sequence < kept.get(key, 0):
                apply(documents, transaction, key, sequence, self.versions[key, sequence])
        return documents

    def apply_all(self):
        progress = True
        while progress:
            progress = False
            for key in sorted(self.applied):
                while self.applied[key] < len(self.feeds[key].blocks) and self.take(key):
                    progress = True
        waiting = sum(len(self.feeds[k].blocks) - n for k, n in self.applied.items())
        if waiting:
            raise Damaged(f"{waiting} blocks wait for something that is not here.")

    def kept(self):
        """So many blocks of each feed are kept: the rooted ones and their causal pasts."""
        kept = {}
        for key, length in self.applied.items():
            rooted = self.control.rooted(key)
            last = length if rooted is None else min(rooted, length)
            # The past of a feed's block holds those of all before it.
            for other, count in self.versions.get((key, last - 1), {}).items():
                kept[other] = max(kept.get(other, 0), count)
        return kept

    def take(self, key):
        sequence = self.applied[key]
        try:
            plaintext = self.control.keys.open(self.feeds[key].blocks[sequence], key, sequence)
        except KeyError:
            return False
        transaction = decoded(plaintext)
        past = dict(self.versions.get((key, sequence - 1), {}))
        if transaction is None:
            return self.done(key, sequence, past)
        for feed, length, tree in transaction.get(1, []):
            if self.applied.get(feed, 0) < length or self.feeds[feed].tree_hash(length) != tree:
                return False
            for other, count in self.versions[feed, length - 1].items():
                past[other] = max(past.get(other, 0), count)
        heads = transaction.get(2, self.heads.get(key, []))
        allowed = self.control.may_write(heads, key)
        if allowed is None:
            return False
        self.heads[key] = heads
        if allowed:
            self.order.append((transaction, key, sequence))
        return self.done(key, sequence, past)

    def done(self, key, sequence, past):
        past[key] = sequence + 1
        self.versions[key, sequence] = past
        self.applied[key] = sequence + 1
        return True


def decoded(plaintext):
    if plaintext is None:
        return None
    try:
        transaction = cbor.decode(plaintext)
        transaction[3], transaction[4]
        return transaction
    except (Damaged, KeyError, TypeError):
        return None


def is_owned(id):
    """One data feed alone can change such an object, and no list for an app shows it."""
    return id.startswith(b"owned")


def apply(documents, transaction, key, sequence, past):
    try:
        changes = [(id, decode_change(change, key)) for id, change in transaction[4]]
    except (Damaged, IndexError, UnicodeDecodeError):
        return
    if sum(o.units for _, operations in changes for o in operations) > 1 << 32:
        return
    number = sequence << 32
    for id, operations in changes:
        if not is_owned(id) or id == id[:6] + H(b"owned", id[5:6], key)[:10]:
            document = documents.setdefault(id, Document())
            document.apply(operations, key, number, past)
        number += sum(o.units for o in operations)


def state_hash(documents):
    return H(*(id + H(cbor.encode(documents[id].canonical())) for id in sorted(documents) if documents[id].spans))
