"""Makes things look as a newer version would write them (Docs/Spec: Keys, Storage, Invitations, Frames).

newer.py keyring FILE | database FILE | ticket TEXT | wire PORT
"""
import base64
import hashlib
import os
import pathlib
import socket
import sqlite3
import sys

# CBOR, as far as these formats use it: a reader of one item's length and the pieces of a map.


def head(data, at):
    """Major type, argument, and where the item's content begins."""
    major, small = data[at] >> 5, data[at] & 31
    if small < 24:
        return major, small, at + 1
    size = 1 << (small - 24)
    return major, int.from_bytes(data[at + 1 : at + 1 + size], "big"), at + 1 + size


def end(data, at):
    major, argument, at = head(data, at)
    if major in (2, 3):
        return at + argument
    for _ in range({4: argument, 5: 2 * argument}.get(major, 0)):
        at = end(data, at)
    return at


def fields(data):
    """Where the value of each key of a map begins and ends."""
    major, count, at = head(data, 0)
    assert major == 5, "not a map"
    found = {}
    for _ in range(count):
        key = head(data, at)[1]
        start = end(data, at)
        at = end(data, start)
        found[key] = (start, at)
    return found


def with_version(data):
    """The map with 2 in the place of version 1, which is its first field."""
    start, stop = fields(data)[1]
    assert data[start:stop] == b"\x01", "not version 1"
    return data[:start] + b"\x02" + data[stop:]


def keyring(path):
    data = pathlib.Path(path).read_bytes()
    parts = fields(data)
    start, stop = parts[1]
    content = head(data, start)[2]
    data = data[:content] + with_version(data[content:stop]) + data[stop:]
    # The checksum is right: this is no damage.
    sums = b"dunlin/keyring/1" + b"".join(
        data[head(data, parts[key][0])[2] : parts[key][1]] for key in (1, 2, 3, 4)
    )
    content = head(data, parts[5][0])[2]
    digest = hashlib.blake2b(sums, digest_size=parts[5][1] - content).digest()
    pathlib.Path(path).write_bytes(data[:content] + digest + data[parts[5][1] :])


def database(path):
    with sqlite3.connect(path) as opened:
        opened.execute("PRAGMA user_version = 99")
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    opened.close()


def ticket(text):
    body = text.removeprefix("dunlin:").upper()
    data = base64.b32decode(body + "=" * (-len(body) % 8))
    print("dunlin:" + base64.b32encode(with_version(data)).decode().rstrip("=").lower())


def closes(port, sent, what):
    """The other side closes within 6 seconds (a handshake has 5) and says nothing before that."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.settimeout(6)
        connection.sendall(sent)
        try:
            answer = connection.recv(1)
        except TimeoutError:
            sys.exit(f"{what}: the connection stays open")
        except ConnectionError:
            answer = b""
        if answer:
            sys.exit(f"{what}: it was answered")
        print(f"{what}: closed")


def wire(port):
    # A handshake of today's shape: e of Noise XX, whose prologue or kind is another.
    message = b"\x00\x20" + os.urandom(32)
    for kind in (0x01, 0x10, 0x14, 0x21, 0x23, 0xFF):
        closes(port, bytes([kind]) + os.urandom(32) + message, f"preamble {kind:#x}")
    closes(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP")
    closes(port, b"\x11" + os.urandom(32) + message, "a tag of another version")
    closes(port, b"\x12" + os.urandom(16) + message, "a selector of another version")
    # Longer than a first message may be.
    closes(port, b"\x13\xff\xff" + os.urandom(4_000), "a handshake of another length")


match sys.argv[1:]:
    case ["keyring", path]:
        keyring(path)
    case ["database", path]:
        database(path)
    case ["ticket", text]:
        ticket(text)
    case ["wire", port]:
        wire(int(port))
    case _:
        sys.exit(__doc__)
