"""Feeds with their trees and heads: Docs/Spec/Feeds.md, Docs/Spec/Storage.md."""
from . import cbor
from .cbor import Damaged
from .primitives import H, u64, verify

NAMESPACE = H(H(b"hypercore") + b"\0")


class Feed:
    def __init__(self, key, descriptor, blocks, head, proof):
        self.key, self.blocks = key, blocks
        fields = cbor.decode(descriptor)
        self.space = fields[1]
        if fields[2] != key:
            raise Damaged("a feed's descriptor names another feed")
        self.context = H(descriptor)
        # (bytes below, hash) by (first block, count of blocks)
        self.nodes = {(i, 1): (len(b), H(b"\0", u64(len(b)), b)) for i, b in enumerate(blocks)}
        self.check_head(cbor.decode(head), proof)

    def node(self, first, count):
        if (first, count) not in self.nodes:
            half = count // 2
            left, right = self.node(first, half), self.node(first + half, half)
            below = left[0] + right[0]
            self.nodes[first, count] = below, H(b"\1", u64(below), left[1], right[1])
        return self.nodes[first, count]

    @staticmethod
    def subtrees(start, end):
        """The maximal perfect trees that cover [start, end), as (first block, count)."""
        while start < end:
            size = 1
            while (start % (size * 2) == 0) and start + size * 2 <= end:
                size *= 2
            yield start, size
            start += size

    def tree_hash(self, length):
        if length > len(self.blocks):
            raise Damaged("a reference beyond the blocks that are here")
        return self.root_hash([(first, count, *self.node(first, count)) for first, count in self.subtrees(0, length)])

    @staticmethod
    def root_hash(roots):
        parts = []
        for first, count, below, digest in roots:
            parts += [digest, u64(2 * first + count - 1), u64(below)]
        return H(b"\2", *parts)

    def check_head(self, head, proof):
        """The head is signed, and the blocks with the stored nodes behind them lead to it."""
        length, tree, signature = head
        for first, count in self.subtrees(len(self.blocks), length):
            number = 2 * first + count - 1
            if number not in proof:
                raise Damaged("a node that proves a feed's head is missing")
            self.nodes[first, count] = proof[number]
        roots = [(first, count, *self.node(first, count)) for first, count in self.subtrees(0, length)]
        if self.root_hash(roots) != tree:
            raise Damaged("The blocks of a feed are not those that its head signs.")
        verify(self.key, b"head", NAMESPACE + self.context + tree + u64(length) + u64(0), signature)


def read_feeds(database):
    feeds = {}
    for row, key, descriptor, length, head in database.execute("SELECT id, key, descriptor, length, head FROM feed"):
        blocks = [b for _, b in database.execute(
            "SELECT number, bytes FROM block WHERE feed = ? AND number < ? ORDER BY number", (row, length))]
        if len(blocks) != length:
            raise Damaged("blocks of a feed are missing")
        proof = {n: (c, h) for n, c, h in database.execute(
            "SELECT number, byteCount, hash FROM node WHERE feed = ?", (row,))}
        feeds[key] = Feed(key, descriptor, blocks, head, proof)
    return feeds
