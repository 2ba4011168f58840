"""Tests of bench_peers.py's reading and drawing: python3 -m unittest discover -s Tools -p '*_test.py'."""
import unittest

import bench_peers

MARKDOWN = """# Peers

Two cores.

| |diamond-types 2.0.0 (3ce)|loro 1.17.1|yrs pycrdt 0.14.13 (yrs 0.28.0)|
|---|---:|---:|---:|
| automerge-paper: local edits, one commit, net of binding calls, ms |**4.25**|91.4|61,112 (n=1)|
| automerge-paper: local edits, a commit per keystroke, with binding calls, ms |**4.25**|338|7,064 (n=3)|
| automerge-paper: load to readable text, ms |1.44|**0.5**|3.40|
| automerge-paper: load, then one edit, ms |**1.47**|11.2|3.90|
| automerge-paper: snapshot, kB |**106.2**|251.8|223.4|
| automerge-paper: peak RSS of merge over the empty process, MiB |**1.72**|3.93|2.65|
| rustcode: local edits, one commit, net, ms |**2**|20|40|
| friendsforever: merge, ms |2.87|21.1|**0.84**|
| 100k sets over 1k keys: apply, one commit, net, ms ||46.3|**37.3**|
"""

OURS = """
{"bench":"text","case":"automerge-paper","metric":"apply","value":45.7,"unit":"ms"}
{"bench":"text","case":"automerge-paper","metric":"load","value":2,"unit":"ms"}
{"bench":"text","case":"automerge-paper","metric":"bytes with history","value":106200,"unit":"B"}
{"bench":"text","case":"friendsforever_concurrent","metric":"merge","value":1.5,"unit":"ms"}
{"bench":"text","case":"friendsforever_concurrent","metric":"ok","value":1,"unit":"bool"}
{"bench":"map","case":"100000 sets over 1000 keys","metric":"apply","value":30,"unit":"ms"}
not a line of ours
"""

# As printed by an earlier version of `dunlin-bench text`.
EARLIER = (
    '{"bench":"text","case":"rustcode.json.gz","metric":"apply","value":27.25,"unit":"ms","ok":true}',
    '{"bench":"text","case":"rustcode.json.gz","metric":"history","value":99,"unit":"bytes","ok":false}',
)


class BenchPeers(unittest.TestCase):
    def test_names_of_all_sources_meet(self):
        for name in ("friendsforever", "concurrent/friendsforever", "friendsforever_concurrent.json.gz"):
            self.assertEqual(bench_peers.case_of(name), "friendsforever")
        self.assertEqual(
            bench_peers.case_of("map/100k sets over 1k keys"), bench_peers.case_of("100000 sets over 1000 keys"))
        self.assertEqual(
            bench_peers.case_of("map/two replicas x 1k keys x 10"),
            bench_peers.case_of("two replicas x 1000 keys x 10"))

    def test_a_peers_calls_do_not_count(self):
        line = '{"case":"text/rustcode","metric":"%s","value":3,"unit":"ms"}'
        self.assertIsNone(bench_peers.figure(line % "apply", True))
        self.assertEqual(bench_peers.figure(line % "apply net", True), ("rustcode", "apply", 3))
        self.assertIsNone(bench_peers.figure(line % "merge, a commit per transaction", True))

    def test_a_slow_round_does_not_count(self):
        key, missing = ("rustcode", "merge"), ("rustcode", "load")
        rounds = [{key: 5.9, missing: 1}, {key: 3.1}, {key: 3.2}]
        self.assertEqual(bench_peers.medians(rounds), {key: 3.2, missing: 1})

    def test_earlier_lines_are_read(self):
        self.assertEqual(bench_peers.figure(EARLIER[0], False), ("rustcode", "apply", 27.25))
        self.assertEqual(bench_peers.figure(EARLIER[1], False), ("rustcode", "bytes with history", 99))
        self.assertIsNone(bench_peers.complaint(EARLIER[0]))
        self.assertIn("rustcode", bench_peers.complaint(EARLIER[1]))

    def test_the_table_is_read(self):
        peers, rows = bench_peers.table_of(MARKDOWN)
        self.assertEqual(bench_peers.versions_of(peers), {"loro": "1.17.1", "pycrdt": "0.14.13"})
        self.assertEqual(rows["automerge-paper", "apply"], dict(zip(peers, (4.25, 91.4, 61112))))
        self.assertEqual(rows["automerge-paper", "bytes with history"][peers[0]], 106200)
        self.assertEqual(rows["rustcode", "apply"][peers[2]], 40)
        self.assertEqual(rows["100k sets over 1k keys", "apply"], dict(zip(peers[1:], (46.3, 37.3))))
        self.assertEqual(len(rows), 8)

    def test_times_are_scaled_by_loro_and_sizes_are_not(self):
        peers, rows = bench_peers.table_of(MARKDOWN)
        paper = ("automerge-paper", "apply")
        now = {paper: 45.7, ("automerge-paper", "bytes with history"): 1, ("rustcode", "apply"): 40}
        old, factors = bench_peers.scaled(rows, now)
        self.assertAlmostEqual(old[paper][peers[0]], 4.25 / 2)
        self.assertAlmostEqual(old["rustcode", "apply"][peers[2]], 80)
        self.assertAlmostEqual(old["friendsforever", "merge"][peers[2]], 0.84 * 1.25)
        self.assertEqual(old["automerge-paper", "bytes with history"], rows["automerge-paper", "bytes with history"])
        self.assertEqual(old["automerge-paper", "peak memory"], rows["automerge-paper", "peak memory"])
        self.assertEqual(len(factors), 2)

    def test_the_ratio_is_to_the_best(self):
        peers, old = bench_peers.table_of(MARKDOWN)
        figures = [bench_peers.figure(line, False) for line in OURS.splitlines()]
        ours = {(case, metric): value for case, metric, value in filter(None, figures)}
        self.assertEqual(len(ours), 5)
        key = ("automerge-paper", "apply")
        lines = bench_peers.draw(ours, {key: 91.4}, {}, peers, old)
        cells = next(line for line in lines if "automerge-paper" in line and " apply " in line).split("|")
        self.assertEqual(
            [cell.strip() for cell in cells[1:-1]],
            ["automerge-paper", "apply", "ms", "45.7", "91.4", "", "0.50", "4.25", "61,112", "10.75"])
        self.assertEqual(len(set(map(len, lines))), 1)


if __name__ == "__main__":
    unittest.main()
