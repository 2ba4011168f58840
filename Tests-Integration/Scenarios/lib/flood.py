"""Strangers at a port: throws all it can at it, from one address or from many; says how often it connected.

flood.py SECONDS ADDRESSES PORT…

Kinds, each at every port: garbage; connections that say nothing; half a preamble; a right beginning of which
a byte comes every fifth of a second; a length as long as it can be, and what it promises; a right beginning,
and hanging up at once.
"""
import os
import random
import socket
import struct
import sys
import threading
import time

seconds, addresses, ports = float(sys.argv[1]), int(sys.argv[2]), [int(port) for port in sys.argv[3:]]
end = time.monotonic() + seconds
counts = {}
lock = threading.Lock()
reset = struct.pack("ii", 1, 0)


def first_message(kind):
    """What an honest dialler begins with, as far as one can without a key."""
    return bytes([kind]) + os.urandom({0x11: 32, 0x12: 16, 0x13: 0}[kind]) + b"\x00\x20" + os.urandom(32)


def garbage(connection):
    connection.sendall(os.urandom(random.randrange(1, 65_536)))
    connection.recv(4096)


def silent(connection):
    # Until the other side has enough, or the flood ends.
    while time.monotonic() < end:
        try:
            if not connection.recv(4096):
                return
        except TimeoutError:
            pass


def half(connection):
    connection.sendall(first_message(random.choice((0x11, 0x12)))[: random.randrange(1, 16)])
    silent(connection)


def drip(connection):
    for byte in first_message(random.choice((0x11, 0x12, 0x13))) + os.urandom(4_096):
        if time.monotonic() > end:
            return
        connection.sendall(bytes([byte]))
        time.sleep(0.2)


def giant(connection):
    connection.sendall(bytes([0x13]) + b"\xff\xff")
    while time.monotonic() < end:
        connection.sendall(os.urandom(65_535))


def hang_up(connection):
    connection.sendall(first_message(random.choice((0x11, 0x12, 0x13))))
    time.sleep(random.random() * 0.002)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)


def attack(kind, port, number):
    while time.monotonic() < end:
        try:
            source = f"127.0.{1 + number % addresses // 250}.{2 + number % addresses % 250}"
            with socket.create_connection(("127.0.0.1", port), 1, (source, 0)) as connection:
                with lock:
                    counts[kind.__name__] = counts.get(kind.__name__, 0) + 1
                kind(connection)
        except OSError:
            pass
        number += 24
        time.sleep(0.002)


# From many addresses more are held open than there is room for strangers.
held = {silent: 40, half: 20, drip: 20} if addresses == 1 else {silent: 160, half: 80, drip: 80}
threads = [
    threading.Thread(target=attack, args=(kind, port, 4 * index + copy), daemon=True)
    for port in ports
    for index, kind in enumerate((garbage, silent, half, drip, giant, hang_up))
    for copy in range(held.get(kind, 2))
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join(max(0.0, end + 3 - time.monotonic()))
print(sum(counts.values()), *(f"{kind}={count}" for kind, count in sorted(counts.items())))
