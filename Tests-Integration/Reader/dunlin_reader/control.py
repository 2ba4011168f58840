"""The control feeds of a space: Docs/Spec/Blocks.md, "Control feeds" and "Kept blocks"."""
from .content_keys import writing_key
from .credentials import read_credential
from .kinds import DEVICE_REVOKE, EDITOR, READER, REMOVE, ROLE
from .membership import Graph


class Control:
    def __init__(self, space, keys, genesis):
        self.space, self.keys, self.graph = space, keys, Graph(genesis)
        self.control_feeds = set()  # those that valid admissions name
        self.data_feeds = {}  # the same, each with the admissions that name it

    def take_feeds(self, feeds, admission):
        """`admission`: what a joining device was given."""
        self.take_all(feeds, [read_credential(data) for _, _, data in admission])
        self.members = self.graph.view()

    def take_all(self, feeds, given):
        """`given`: credentials that came ahead of their feeds, and may rest on what is in feeds."""
        given = [credential for credential in given if credential is not None]
        for credential in given:
            self.keys.learn(credential)
        for feed in feeds:
            for sequence, block in enumerate(feed.blocks):
                if block[:1] == b"\0":
                    self.read(block, feed, sequence)
        places = dict.fromkeys(feeds, 0)
        progress = True
        while progress:
            waiting = [credential for credential in given if not self.insert(credential)]
            progress = len(waiting) < len(given)
            given = waiting
            progress |= any([self.advance(feed, places) for feed in feeds if self.is_control(feed)])

    def is_control(self, feed):
        """Before any admission is known, the feed that holds the genesis is found by looking into all."""
        return not self.graph.nodes or feed.key in self.control_feeds

    def read(self, block, feed, sequence):
        """The credential of a block, whose keys are taken; None when it is none. KeyError: no key for it yet."""
        plaintext = self.keys.open(block, feed.key, sequence)
        credential = None if plaintext is None else read_credential(plaintext)
        if credential is None or credential.space != self.space:
            return None
        self.keys.learn(credential)
        return credential

    def advance(self, feed, places):
        """Takes blocks of a feed until one waits; whether any was taken."""
        start = places[feed]
        while places[feed] < len(feed.blocks):
            try:
                credential = self.read(feed.blocks[places[feed]], feed, places[feed])
            except KeyError:
                break
            if credential is not None and not self.insert(credential):
                break
            places[feed] += 1
        return places[feed] > start

    def insert(self, credential):
        """False while its parents are not known."""
        node = self.graph.insert(credential)
        if node is None:
            return False
        admitted = credential.admission
        if node.valid and admitted:
            self.control_feeds.add(admitted.control_feed)
            self.data_feeds.setdefault(admitted.data_feed, set()).add(node)
        return True

    def may_write(self, heads, feed):
        """Whether anybody may write to a feed in the view of control heads; None: they are not known."""
        view = self.graph.view(heads) if heads else None
        return None if view is None else self.is_writable(view, feed)

    def is_writable(self, view, feed):
        """Whether it is the data feed of a present device of an editor or admin."""
        for node in self.data_feeds.get(feed, ()):
            admission = node.credential.admission
            member = view.members.get(admission.identity)
            if member and member.devices.get(admission.device) is node and view.role(admission.identity) >= EDITOR:
                return True
        return False

    def rooted(self, feed):
        """So many blocks of a data feed are rooted; None: all."""
        if self.is_writable(self.members, feed):
            return None
        admissions = [node.credential.admission for node in self.data_feeds.get(feed, ())]
        owners = {(admission.device, admission.identity) for admission in admissions}
        against = {identity for _, identity in owners}
        nodes = []
        for node in self.members.of_type(REMOVE, DEVICE_REVOKE, ROLE):
            credential = node.credential
            if node.type == DEVICE_REVOKE:
                is_against = (credential.target, credential.identity) in owners
            else:
                is_against = credential.target in against and (node.type == REMOVE or credential.role == READER)
            if is_against:
                nodes.append(node)
        latest = [n for n in nodes if not any(n in other.past for other in nodes)]
        return max([length for n in latest for cut, length, _ in n.credential.cuts if cut == feed], default=0)

    def writing_key(self):
        return writing_key(self.graph, self.members)
