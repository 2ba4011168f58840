#!/usr/bin/env python3
"""Tries every key that a home yields on the data blocks in another home's database, as a thief of that database would.

Prints "FEED FIRST END OPEN" for each data feed: of its blocks FIRST to END (exclusive) so many open. With --from, a file
of former output, only what was written since counts.
"""
import argparse
import sqlite3
from pathlib import Path

from dunlin_reader.content_keys import ContentKeys
from dunlin_reader.credentials import read_credential
from dunlin_reader.feeds import read_feeds
from dunlin_reader.objects import base32
from dunlin_reader.space import find_space


def stolen_keys(thief, feeds):
    """Every content key that the thief's home opens, in its own database or in the other: sealed to its device, and
    all that is wrapped under these, whatever the credentials that carry them count for."""
    keys = ContentKeys(thief.id, thief.secret, [thief.box])
    for _, _, data in thief.admission:
        keys.learn(read_credential(data))
    everything = list(thief.feeds.values()) + list(feeds.values())
    found = -1
    # A key may open a block that holds a credential with another.
    while len(keys.keys) > found:
        found = len(keys.keys)
        for feed in everything:
            for sequence, block in enumerate(feed.blocks):
                try:
                    plaintext = keys.open(block, feed.key, sequence)
                except KeyError:
                    continue
                credential = plaintext and read_credential(plaintext)
                if credential:
                    keys.learn(credential)
    return keys


def opens(keys, feed, sequence):
    """Whether any of the keys opens a block, whichever it names."""
    block = feed.blocks[sequence]
    return any(keys.open_under(key, block, feed.key, sequence) is not None for key in keys.keys.values())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", help="whose keys are tried")
    parser.add_argument("victim", help="the home whose database is read")
    parser.add_argument("--passphrase-file", required=True)
    parser.add_argument("--space", required=True)
    parser.add_argument("--from", dest="start", help="a file of former output")
    options = parser.parse_args()
    with open(options.passphrase_file, "rb") as file:
        passphrase = file.readline().rstrip(b"\n")
    thief = find_space(options.home, passphrase, options.space)
    database = Path(options.victim).resolve() / "spaces" / f"{base32(thief.id)}.sqlite"
    feeds = read_feeds(sqlite3.connect(f"file:{database}?mode=ro", uri=True))
    first = {}
    if options.start:
        for line in Path(options.start).read_text(encoding="utf-8").splitlines():
            feed, _, end, _ = line.split()
            first[feed] = int(end)
    keys = stolen_keys(thief, feeds)
    data_feeds = thief.control().data_feeds
    for key, feed in sorted(feeds.items()):
        if key in data_feeds:
            start, end = first.get(key.hex(), 0), len(feed.blocks)
            print(key.hex(), start, end, sum(opens(keys, feed, n) for n in range(start, end)))


main()
