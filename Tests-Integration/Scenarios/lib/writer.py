"""Writes through a home's socket as fast as it answers; prints the ids of what was acknowledged.

writer.py HOME COUNT [--object ID] [--kill PID --seed N] [--mark TEXT]

With --object the writes set one field of that object, else each makes an object. With --kill the process is
killed (-9) while it carries out the last request, 0 to 4 milliseconds into it.
"""
import argparse
import json
import os
import random
import signal
import socket
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("home")
parser.add_argument("count", type=int)
parser.add_argument("--object")
parser.add_argument("--kill", type=int)
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--mark", default="")
arguments = parser.parse_args()
chance = random.Random(arguments.seed)


def write(number, is_last):
    """The id that was acknowledged; nothing when the process died first."""
    request = {"command": "put", "space": "Trip", "value": {"n": number, "mark": arguments.mark}}
    if arguments.object:
        request |= {"object": arguments.object, "path": "n", "value": f"{arguments.mark}/{number}"}
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(30)
    try:
        connection.connect(f"{arguments.home}/socket")
        connection.sendall(json.dumps(request).encode() + b"\n")
        if is_last and arguments.kill:
            time.sleep(chance.random() * 0.004)
            os.kill(arguments.kill, signal.SIGKILL)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    except (ConnectionError, FileNotFoundError):
        return None
    finally:
        connection.close()
    # Part of a line is no acknowledgement.
    for line in answer.split(b"\n")[:-1]:
        answered = json.loads(line)
        if "error" in answered:
            sys.exit(f"{arguments.home} refused to write: {answered['error']}")
        return answered["result"]["id"]
    return None


for number in range(arguments.count):
    acknowledged = write(number, number == arguments.count - 1)
    if acknowledged:
        print(acknowledged, flush=True)
