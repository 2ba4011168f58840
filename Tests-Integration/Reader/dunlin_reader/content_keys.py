"""Content keys and the envelopes of blocks: Docs/Spec/ContentKeys.md."""
from .primitives import H, box_public, kdf, open_aead, open_box, u64


class ContentKeys:
    """All keys that these box secrets open, directly and through the wraps."""

    def __init__(self, space, secret, boxes):
        self.space, self.secret = space, secret
        self.boxes = [(box, box_public(box)) for box in boxes]
        self.keys = {}
        self.wrapped = {}  # (older key's id, nonce, wrapped) by the newer one's
        self.sealed = []  # ids of those that were sealed to one of the boxes, in the order they came

    def learn(self, credential):
        """Takes the keys of a credential; nothing of it needs to be valid but its signature."""
        if credential.rotation:
            rotation = credential.rotation
            self.wrapped.setdefault(rotation.key, []).extend(rotation.wrapped)
            self.open_boxes(rotation.key, rotation.boxes)
            self.unwrap(rotation.key)
        if credential.share:
            self.open_boxes(*credential.share)

    def open_boxes(self, key_id, boxes):
        for secret, public in self.boxes:
            for tag, box in boxes:
                if tag == tag_of(public, key_id) and self.take(open_box(box, public, secret), key_id):
                    self.sealed.append(key_id)

    def take(self, key, key_id):
        """Whether it is that key, which is kept then, and everything that is wrapped under it."""
        if key is None or H(b"key", key) != key_id:
            return False
        if key_id not in self.keys:
            self.keys[key_id] = key
            self.unwrap(key_id)
        return True

    def unwrap(self, key_id):
        if key_id not in self.keys:
            return
        for older, nonce, wrapped in self.wrapped.get(key_id, []):
            if older not in self.keys:
                self.take(open_aead(wrapped, self.keys[key_id], nonce, self.space + key_id + older), older)

    def open(self, block, feed, sequence):
        """The plaintext; None when nobody can read it. KeyError: its key is not known here."""
        if block[:1] == b"\1":
            return self.open_under(self.keys[block[1:33]], block, feed, sequence)
        if block[:1] != b"\0":
            return None
        place = self.space + feed + u64(sequence)
        return unpadded(open_aead(block[25:], kdf(self.secret, b"control", feed), block[1:25], place))

    def open_under(self, key, block, feed, sequence):
        """The plaintext of a block of type 0x01, by some key."""
        place = self.space + feed + u64(sequence) + block[1:33]
        return unpadded(open_aead(block[57:], kdf(key, b"block", feed), block[33:57], place))


def unpadded(padded):
    if padded is None:
        return None
    step = 64 if len(padded) <= 1024 else 256
    plaintext = padded.rstrip(b"\0")
    if plaintext[-1:] != b"\x80" or len(padded) % step or len(padded) - len(plaintext) + 1 > step:
        return None
    return plaintext[:-1]


def tag_of(box, key_id):
    return H(box, key_id)[:8]


def recipients(graph, view):
    """The box keys to which a new key is sealed."""
    suspended = view.suspended()
    boxes = {
        node.credential.admission.box for member in view.members.values()
        for device, node in member.devices.items() if device not in suspended}
    recovery = graph.nodes[graph.genesis].credential.recovery
    return boxes | {recovery} if recovery else boxes


def writing_key(graph, view):
    """The id of the clean key of the deepest live rotation; None when there is none."""
    boxes = recipients(graph, view)
    suspended = view.suspended()
    tags, givers = {}, {}
    for node in graph.nodes.values():
        rotation, share = node.credential.rotation, node.credential.share
        for key, sealed in [(rotation.key, rotation.boxes)] if rotation else [share] if share else []:
            tags.setdefault(key, set()).update(tag for tag, _ in sealed)
            givers.setdefault(key, set()).add((node.credential.device, node.credential.identity))
    rotations = [n for n in view.live if n.credential.rotation]
    for node in sorted(rotations, key=lambda n: n.rank, reverse=True):
        key = node.credential.rotation.key
        are_present = all(
            device in view.devices and device not in suspended if device else identity in view.members
            for device, identity in givers[key])
        if are_present and tags[key] <= {tag_of(box, key) for box in boxes}:
            return key
    return None
