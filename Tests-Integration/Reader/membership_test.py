"""Tests of the evaluation of membership, on graphs without signatures.

MEMBERSHIP names files, or folders of them, with graphs and what is to be expected of each; without it there is
membership_sample.json, whose expectations were thought out by hand.
"""
import json
import os
import pathlib
import unittest

from dunlin_reader import kinds as c
from dunlin_reader.membership import Graph, View

ROLES = {name: role for role, name in c.ROLE_NAMES.items()}
# An adminact is some act that needs an admin, a note one that anybody may do.
TYPES = {
    "genesis": c.GENESIS, "admit": c.ADMIT, "device.admit": c.DEVICE_ADMIT, "device.revoke": c.DEVICE_REVOKE,
    "remove": c.REMOVE, "role": c.ROLE, "invite": c.INVITE, "invite.cancel": c.CANCEL, "council.set": c.COUNCIL,
    "device.suspect": c.SUSPECT, "device.lift": c.LIFT, "adminact": c.INVITE, "note": c.SHARE,
}


class Admission:
    def __init__(self, identity, device):
        self.identity, self.device = identity, device


class Redemption:
    def __init__(self, invite):
        self.invite = invite

    def holds(self, invite):
        return True


class Decision:
    """A decision of the council, and on the admission, that are those of the view; cosigners sign with some
    present device."""

    def __init__(self, cosigners, target, past):
        view = View(past)
        if any(identity in view.members and not view.members[identity].devices for identity in cosigners):
            raise unittest.SkipTest("a cosigner has no device that could sign")
        council, member = view.council(), view.members.get(target)
        self.council, self.admission = council and council.id, member and member.admission.id
        self.signers = [
            (identity, min(view.members[identity].devices))
            for identity in cosigners if identity in view.members]


class Act:
    """A credential of which only what counts for membership is known."""

    def __init__(self, value, graph):
        self.id, self.type, self.parents = value["id"], TYPES[value["type"]], value["parents"]
        self.identity, self.device = value["by"]
        self.device = None if self.device == "root" else self.device
        self.target, self.role = value.get("target"), ROLES[value.get("role", "reader")]
        self.members, self.threshold = sorted(value.get("council", [])), value.get("threshold")
        self.uses = value.get("max", 1)
        self.admission = self.redemption = self.decision = None
        if self.type in (c.GENESIS, c.ADMIT, c.DEVICE_ADMIT):
            self.admission = Admission(value["identity"], value["device"])
        if self.type == c.INVITE:
            self.role = ROLES[value.get("role", "admin")]
        if value.get("invite") is not None:
            self.redemption = Redemption(value["invite"])
        # In these graphs no cosigners are no decision; a leaving needs none.
        if value.get("cosign") and self.target != self.identity:
            parents = [graph.nodes[parent] for parent in self.parents]
            past = frozenset(parents).union(*(parent.past for parent in parents))
            self.decision = Decision(value["cosign"], self.target, past)


def outcome(values):
    """What follows from a graph: {"members": …, "status": …}."""
    graph = Graph(values[0]["id"])
    waiting = list(values)
    while waiting:
        ready = [v for v in waiting if all(parent in graph.nodes for parent in v["parents"])]
        for value in ready:
            graph.insert(Act(value, graph))
        waiting = [v for v in waiting if v not in ready]
    view = graph.view()
    status = {
        node.id: "invalid" if not node.valid else "live" if node in view.is_live else "void"
        for node in graph.nodes.values()}
    members = {
        identity: {"role": c.ROLE_NAMES[member.role], "devices": sorted(member.devices)}
        for identity, member in view.members.items()}
    return {"members": members, "status": status, "suspended": sorted(view.suspended())}


def files():
    given = os.environ.get("MEMBERSHIP")
    if not given:
        return [pathlib.Path(__file__).with_name("membership_sample.json")]
    path = pathlib.Path(given)
    return sorted(path.glob("membership-*.json")) if path.is_dir() else [path]


def graphs():
    for path in files():
        content = json.loads(path.read_text(encoding="utf-8"))
        for graph in content.get("scenarios", []) + content.get("dags", []):
            yield f"{path.name}: {graph.get('name', graph.get('seed'))}", graph


class Membership(unittest.TestCase):
    def test_graphs_give_what_is_expected_of_them(self):
        counts = {"graphs": 0, "live": 0, "void": 0, "invalid": 0}
        for name, graph in graphs():
            with self.subTest(name):
                found, expected = outcome(graph["credentials"]), graph["expect"]
                for member in expected["members"].values():
                    member["devices"].sort()
                self.assertEqual({key: found[key] for key in expected}, expected)
                counts["graphs"] += 1
                for status in found["status"].values():
                    counts[status] += 1
        self.assertGreater(counts["graphs"], 0)
        if os.environ.get("MEMBERSHIP"):
            print(f"\nas expected: {counts}")

    def test_the_order_in_which_credentials_come_does_not_matter(self):
        for name, graph in graphs():
            with self.subTest(name):
                values = graph["credentials"]
                self.assertEqual(outcome(values), outcome(values[:1] + values[:0:-1]))


if __name__ == "__main__":
    unittest.main()
