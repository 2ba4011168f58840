"""Credentials, members and content keys: Docs/Spec/Credentials.md, Docs/Spec/ContentKeys.md."""
from . import cbor
from .cbor import Damaged
from .primitives import H, box_public, kdf, open_aead, open_box, u64, verify

GENESIS, ADMIT, DEVICE_ADMIT, ROTATE, SHARE = 0, 1, 2, 9, 10
EDITOR, ADMIN = 2, 3


def check_chain(chain):
    """(identity, device, box key) of a chain of certificates."""
    if not 1 <= len(chain) <= 8:
        raise Damaged("a chain of certificates has 1 to 8 of them")
    issuer = chain[0][0][1]
    identity = issuer
    for body, signature in chain:
        if body[1] != identity or body[4] != issuer:
            raise Damaged("a chain of certificates that does not hold together")
        verify(issuer, b"cert", cbor.encode(body), signature)
        issuer = body[2]
    return identity, chain[-1][0][2], chain[-1][0][3]


class Credential:
    def __init__(self, data):
        body, signature = cbor.decode(data)
        self.id, self.space, self.type = H(data), body[1], body[2]
        self.parents, self.identity, self.device, self.body = body[3], body[4], body.get(5), body[6]
        if self.parents != sorted(set(self.parents)) or len(self.parents) > 16:
            raise Damaged("parents that are not sorted")
        verify(self.device or self.identity, b"cred", cbor.encode(body), signature)
        if self.type in (GENESIS, ADMIT, DEVICE_ADMIT):
            self.admitted = check_chain(self.body[1])
            binding, bound = self.body[2]
            if binding[1] != self.space:
                raise Damaged("a binding of another space")
            verify(self.admitted[1], b"bind", cbor.encode(binding), bound)
            self.data_feed = binding[3]


def evaluate(entries):
    """Members and devices by a causally closed set: ({identity: role}, {device: (identity, data feed)})."""
    admissions = sorted((e for e in entries if e.credential.type in (GENESIS, ADMIT, DEVICE_ADMIT)),
                        key=lambda e: (e.depth, e.credential.id))
    roles, in_force, devices = {}, {}, {}
    for entry in admissions:
        credential = entry.credential
        if credential.type in (GENESIS, ADMIT) and credential.admitted[0] not in roles:
            roles[credential.admitted[0]] = ADMIN if credential.type == GENESIS else credential.body[3]
            in_force[credential.admitted[0]] = entry
    for entry in admissions:
        identity, device, _ = entry.credential.admitted
        by = in_force.get(identity)
        if by is not None and (by is entry or by in entry.past) and device not in devices:
            devices[device] = identity, entry.credential.data_feed
    return roles, devices


class Entry:
    def __init__(self, credential, past, depth):
        self.credential, self.past, self.depth = credential, past, depth


class Control:
    """All control feeds of a space, taken in order."""

    def __init__(self, space, secret, box, genesis):
        self.space, self.secret, self.box, self.genesis = space, secret, box, genesis
        self.box_public = box_public(box)
        self.keys, self.entries = {}, {}

    def learn(self, credential):
        if credential.type not in (ROTATE, SHARE):
            return
        key_id = credential.body[1]
        for tag, box in credential.body[3]:
            if tag == H(self.box_public, key_id)[:8]:
                self.take(open_box(box, self.box_public, self.box), key_id)
        for older, nonce, wrapped in credential.body.get(2, []) if key_id in self.keys else []:
            self.take(open_aead(wrapped, self.keys[key_id], nonce, self.space + key_id + older), older)

    def take(self, key, key_id):
        if key is not None and H(b"key", key) == key_id:
            self.keys[key_id] = key

    def open(self, block, feed, sequence):
        """The plaintext; None when nobody can read it. KeyError: its key is not known here."""
        place = self.space + feed + u64(sequence)
        if block[:1] == b"\0":
            padded = open_aead(block[25:], kdf(self.secret, b"control", feed), block[1:25], place)
        elif block[:1] == b"\1":
            key_id = block[1:33]
            padded = open_aead(
                block[57:], kdf(self.keys[key_id], b"block", feed), block[33:57], place + key_id)
        else:
            return None
        if padded is None:
            return None
        step = 64 if len(padded) <= 1024 else 256
        plaintext = padded.rstrip(b"\0")
        if plaintext[-1:] != b"\x80" or len(padded) % step or len(padded) - len(plaintext) + 1 > step:
            return None
        return plaintext[:-1]

    def take_feeds(self, feeds, admission):
        for _, _, data in admission:
            self.learn(Credential(data))
        for _, sequence, block, feed in self.blocks(feeds):
            if block[:1] == b"\0":
                self.decoded(block, feed, sequence, learning=True)
        positions, last, progress = {}, {}, True
        while progress:
            progress = False
            for feed in feeds:
                while positions.get(feed.key, 0) < len(feed.blocks):
                    sequence = positions.get(feed.key, 0)
                    try:
                        credential = self.decoded(feed.blocks[sequence], feed, sequence, learning=True)
                    except KeyError:
                        break
                    if credential is not None:
                        outcome = self.insert(credential, last.get(feed.key))
                        if outcome is None:
                            break
                        if outcome:
                            last[feed.key] = credential.id
                    positions[feed.key] = sequence + 1
                    progress = True

    @staticmethod
    def blocks(feeds):
        for feed in feeds:
            for sequence, block in enumerate(feed.blocks):
                yield feed.key, sequence, block, feed

    def decoded(self, block, feed, sequence, learning):
        plaintext = self.open(block, feed.key, sequence)
        if plaintext is None:
            return None
        try:
            credential = Credential(plaintext)
        except (Damaged, KeyError, ValueError, TypeError, IndexError):
            return None
        if credential.device not in (None, feed.device) or credential.space != self.space:
            return None
        if learning:
            self.learn(credential)
        return credential

    def insert(self, credential, previous):
        """True: valid; False: invalid; None: its parents are not here yet."""
        if credential.id in self.entries:
            return True
        parents = set(credential.parents) | ({previous} if previous else set())
        if not parents <= self.entries.keys():
            return None
        past = {self.entries[p] for p in parents}.union(*(self.entries[p].past for p in parents))
        entry = Entry(credential, past, 1 + max((self.entries[p].depth for p in parents), default=-1))
        if not self.is_valid(entry):
            return False
        self.entries[credential.id] = entry
        return True

    def is_valid(self, entry):
        credential = entry.credential
        if credential.type == GENESIS:
            return not entry.past and credential.id == self.genesis and credential.admitted[:2] == (
                credential.identity, credential.device)
        roles, devices = evaluate(entry.past)
        role = roles.get(credential.identity)
        if role is None:
            return False
        if credential.device is None:
            if credential.type != DEVICE_ADMIT:
                return False
        elif devices.get(credential.device, (None,))[0] != credential.identity:
            return False
        if credential.type == ADMIT:
            identity, device, _ = credential.admitted
            return role == ADMIN and credential.body[3] <= role and identity not in roles and device not in devices
        if credential.type == DEVICE_ADMIT:
            return credential.admitted[0] == credential.identity and credential.admitted[1] not in devices
        if credential.type == ROTATE:
            return role >= EDITOR
        return credential.type == SHARE

    def may_write(self, heads, device, feed):
        """Whether a device may write to a feed in the view of control heads; None: they are not known."""
        if not heads or any(head not in self.entries for head in heads):
            return None
        entries = {self.entries[h] for h in heads}.union(*(self.entries[h].past for h in heads))
        roles, devices = evaluate(entries)
        identity, data_feed = devices.get(device, (None, None))
        return roles.get(identity, 0) >= EDITOR and data_feed == feed
