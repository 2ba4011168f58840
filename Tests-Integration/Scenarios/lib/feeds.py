"""Reads the feeds of homes from their databases, without the product's code.

feeds.py unforked HOME HOME…: no feed holds different blocks in different homes.
feeds.py count HOME: how many blocks lie there.
"""
import pathlib
import sqlite3
import sys


def feeds(home):
    """The blocks of each feed, by the feed's key."""
    found = {}
    for path in sorted(pathlib.Path(home, "spaces").glob("*.sqlite")):
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10) as database:
            for key, number, block in database.execute(
                "SELECT key, number, bytes FROM feed JOIN block ON block.feed = feed.id ORDER BY key, number"
            ):
                blocks = found.setdefault(key, [])
                if number != len(blocks):
                    sys.exit(f"{home}: feed {key.hex()[:16]} has a hole before block {number}")
                blocks.append(block)
    return found


def unforked(homes):
    known, shared = {}, 0
    for home in homes:
        for key, blocks in feeds(home).items():
            other_home, other = known.setdefault(key, (home, blocks))
            shared += other_home != home
            for number, (one, two) in enumerate(zip(other, blocks)):
                if one != two:
                    sys.exit(f"feed {key.hex()[:16]} differs from block {number} on: {other_home}, {home}")
            if len(blocks) > len(other):
                known[key] = (home, blocks)
    if not shared and len(homes) > 1:
        sys.exit("the homes have no feed in common: nothing was compared")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["unforked", *homes] if homes:
            unforked(homes)
        case ["count", home]:
            print(sum(len(blocks) for blocks in feeds(home).values()))
        case _:
            sys.exit(__doc__)
