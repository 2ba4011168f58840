"""The control feeds of a space: Docs/Spec/Blocks.md, "Control feeds" and "Kept blocks"."""
from .content_keys import writing_key
from .credentials import read_credential
from .kinds import DEVICE_REVOKE, EDITOR, READER, REMOVE, ROLE
from .membership import Graph


class Control:
    def __init__(self, space, keys, genesis):
        self.space, self.keys, self.graph = space, keys, Graph(genesis)
        self.owners = {}  # (device, identity) of those whose valid admissions name a feed, by the feed
        self.seen = None

    def take_feeds(self, feeds, admission):
        """`admission`: what a joining device was given."""
        for feed, _, data in admission:
            credential = read_credential(data)
            if credential is not None:
                self.keys.learn(credential)
                self.insert(credential, feed)
        for feed in feeds:
            for sequence, block in enumerate(feed.blocks):
                if block[:1] == b"\0":
                    self.read(block, feed, sequence)
        places = dict.fromkeys(feeds, 0)
        while any([self.advance(feed, places) for feed in feeds]):
            pass
        self.members = self.graph.view()

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
            if credential is not None and credential.device in (None, feed.device):
                if not self.insert(credential, feed.key, feed.device):
                    break
            places[feed] += 1
        return places[feed] > start

    def insert(self, credential, feed, device=None):
        """False while its parents, or whose feed it is, are not known."""
        if credential.id != self.graph.genesis:
            owners = [o for o in self.owners.get(feed, ()) if device in (None, o[0])]
            if not owners:
                return False
            if credential.device is not None and all(o[0] != credential.device for o in owners):
                return True
        node = self.graph.insert(credential)
        if node is None:
            return False
        admitted = credential.admission
        if node.valid and admitted:
            for bound in (admitted.control_feed, admitted.data_feed):
                self.owners.setdefault(bound, set()).add((admitted.device, admitted.identity))
        return True

    def may_write(self, heads, device, feed):
        """Whether a device may write to a feed in the view of control heads; None: they are not known."""
        view = self.graph.view(heads) if heads else None
        return None if view is None else is_writer(view, device, feed)

    def rooted(self, device, feed):
        """So many blocks of a data feed are rooted; None: all."""
        if is_writer(self.members, device, feed):
            return None
        owners = self.owners.get(feed, set())
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


def is_writer(view, device, feed):
    """Whether a device is a present one of an editor or admin, with this data feed."""
    node = view.devices.get(device)
    if node is None:
        return False
    admission = node.credential.admission
    return view.role(admission.identity) >= EDITOR and admission.data_feed == feed
