#!/usr/bin/env python3
"""What a terminal shows of a file's half blocks, as a picture (PGM): light letters on a dark ground, 8 pixels wide."""
import sys

HALVES = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0)}
lines = [line.rstrip("\n") for line in open(sys.argv[1], encoding="utf-8")]
lines = [line for line in lines if line and line[0] == "█" and set(line) <= set(HALVES)]
rows = [[HALVES[letter][half] for letter in line] for line in lines for half in (0, 1)]
width = len(rows[0])
assert all(len(row) == width for row in rows), "lines of different lengths"
# The ground around the letters is dark, as the ground of the letters is.
dark = [0] * (width + 8)
rows = [dark] * 4 + [[0] * 4 + row + [0] * 4 for row in rows] + [dark] * 4
print("P2", 8 * (width + 8), 8 * len(rows), 255)
for row in rows:
    line = " ".join(str(255 * light) for light in row for _ in range(8))
    for _ in range(8):
        print(line)
