"""The form of certificates, bindings and credentials: Docs/Spec/Credentials.md, up to "Evaluation"."""
from . import cbor
from .cbor import Damaged
from .kinds import (
    ADMIN, ADMIT, CANCEL, COUNCIL, DEVICE_ADMIT, DEVICE_REVOKE, GENESIS, INVITE, LIFT, READER, REMOVE, ROLE, ROTATE,
    SHARE, SUSPECT)
from .primitives import H, verify

# These travel in envelopes of type 0x00, and may be longer.
OPEN_TYPES = (DEVICE_REVOKE, REMOVE, ROTATE, SHARE)


def fields(value, required, optional=(), strict=False):
    """A protocol map with exactly these keys below 64."""
    if type(value) is not dict or any(key not in value for key in required):
        raise Damaged("a map that lacks a field")
    for key in value:
        if key not in required and key not in optional and (strict or type(key) is not int or key < 64):
            raise Damaged("a map with an unknown field")
    return value


def raw(value, length=32):
    if type(value) is not bytes or len(value) != length:
        raise Damaged("a byte string of a wrong length")
    return value


def number(value, limit=2**64 - 1, least=0):
    if type(value) is not int or not least <= value <= limit:
        raise Damaged("a number out of its range")
    return value


def items(value, limit, size=None):
    """An array of at most so many items; each an array of `size` items."""
    if type(value) is not list or len(value) > limit:
        raise Damaged("an array that is too long")
    if size is not None and any(type(item) is not list or len(item) != size for item in value):
        raise Damaged("an array of another shape")
    return value


def ascending(values):
    if any(one >= other for one, other in zip(values, values[1:])):
        raise Damaged("an array that is not sorted")


def check_chain(chain):
    """(identity, device, box key) of a chain of certificates."""
    if not 1 <= len(items(chain, 8, 2)):
        raise Damaged("a chain of certificates has 1 to 8 of them")
    issuer = identity = raw(fields(chain[0][0], (1, 2, 3, 4, 5), strict=True)[1])
    for body, signature in chain:
        fields(body, (1, 2, 3, 4, 5), strict=True)
        if body[1] != identity or body[4] != issuer:
            raise Damaged("a chain of certificates that does not hold together")
        raw(body[3]), number(body[5])
        verify(issuer, b"cert", cbor.encode(body), raw(signature, 64))
        issuer = raw(body[2])
    return identity, chain[-1][0][2], chain[-1][0][3]


class Admission:
    """A chain and a binding."""

    def __init__(self, chain, binding, space):
        self.identity, self.device, self.box = check_chain(chain)
        if len(items(binding, 4)) != 4:
            raise Damaged("a binding has three signatures")
        body = fields(binding[0], (1, 2, 3, 4, 5), strict=True)
        self.control_feed, self.data_feed, self.noise = raw(body[2]), raw(body[3]), raw(body[4])
        if body[1] != space or body[5] != self.identity:
            raise Damaged("a binding of another space or identity")
        signers = [self.device, self.control_feed, self.data_feed]
        if len(set(signers)) != 3:
            raise Damaged("a binding whose keys are not three")
        for signer, signature in zip(signers, binding[1:]):
            verify(signer, b"bind", cbor.encode(body), raw(signature, 64))


class Redemption:
    def __init__(self, value, credential):
        fields(value, (1, 2, 3))
        self.invite, self.signature = raw(value[1]), raw(value[3], 64)
        admission = credential.admission
        self.identity = admission.identity
        self.signed = cbor.encode({
            1: credential.space, 2: self.invite, 3: admission.identity, 4: admission.device,
            5: admission.control_feed, 6: admission.data_feed, 7: admission.noise, 8: credential.device or b"",
            9: raw(value[2], 64)})

    def holds(self, invite):
        """Whether the key of the invite, a credential, signed it, for whom the invite may let in."""
        if invite.guest not in (None, self.identity):
            return False
        try:
            verify(invite.key, b"invite", self.signed, self.signature)
        except Damaged:
            return False
        return True


class Decision:
    """A council's decision to take somebody out."""

    def __init__(self, value, space):
        fields(value, (1, 2, 3))
        self.council, self.admission = raw(value[1]), raw(value[2])
        signers = items(value[3], 64, 3)
        ascending([raw(identity) for identity, _, _ in signers])
        signed = cbor.encode({1: space, 2: REMOVE, 7: self.admission, 8: self.council})
        for _, device, signature in signers:
            verify(raw(device), b"cred", signed, raw(signature, 64))
        self.signers = [(identity, device) for identity, device, _ in signers]


class Rotation:
    def __init__(self, value):
        self.key = raw(value[1])
        self.wrapped = [tuple(wrap) for wrap in items(value[2], 4096, 3)]
        for older, nonce, box in self.wrapped:
            raw(older), raw(nonce, 24), raw(box, 48)
        self.boxes = boxes(value[3])


def boxes(value):
    """[(tag, box)]"""
    return [(raw(tag, 8), raw(box, 80)) for tag, box in items(value, 1400, 2)]


def check_cuts(value):
    cuts = items(value, 128, 3)
    ascending([raw(feed) for feed, _, _ in cuts])
    return [(feed, number(length, 2**40 - 1), raw(tree)) for feed, length, tree in cuts]


class Credential:
    """What evaluation asks of one: id, type, parents, identity, device (None: the identity signed), and by
    type target, role, admission, redemption, decision, cuts, key, uses, members, threshold, rotation."""

    target = role = admission = redemption = decision = rotation = share = recovery = None
    cuts = ()

    def __init__(self, data):
        whole = items(cbor.decode(data, cbor.MESSAGES), 2)
        if len(whole) != 2:
            raise Damaged("a credential is a map and a signature")
        body = fields(whole[0], (1, 2, 3, 4, 6), (5,))
        self.id, self.space, self.type, self.identity = H(data), raw(body[1]), number(body[2]), raw(body[4])
        self.device = raw(body[5]) if 5 in body else None
        self.parents = [raw(parent) for parent in items(body[3], 16)]
        ascending(self.parents)
        if len(data) > (128 if self.type in OPEN_TYPES else 16) << 10:
            raise Damaged("a credential that is too long")
        verify(self.device or self.identity, b"cred", cbor.encode(body), raw(whole[1], 64))
        if self.type not in READ:
            raise Damaged("a credential of an unknown type")
        READ[self.type](self, body[6])

    def read_genesis(self, body):
        fields(body, (1, 2), (3,))
        self.admission, self.role = Admission(body[1], body[2], self.space), ADMIN
        self.recovery = raw(body[3]) if 3 in body else None

    def read_admit(self, body):
        fields(body, (1, 2, 3), (4,))
        self.admission, self.role = Admission(body[1], body[2], self.space), number(body[3], ADMIN, READER)
        self.redemption = Redemption(body[4], self) if 4 in body else None

    def read_device_admit(self, body):
        fields(body, (1, 2))
        self.admission = Admission(body[1], body[2], self.space)

    def read_removal(self, body):
        fields(body, (1, 2), (3, 4) if self.type == REMOVE else (3,))
        self.target, self.cuts = raw(body[1]), check_cuts(body[2])
        self.rotation = Rotation(fields(body[3], (1, 2, 3))) if 3 in body else None
        self.decision = Decision(body[4], self.space) if 4 in body else None

    def read_role(self, body):
        fields(body, (1, 2, 3))
        self.target, self.cuts, self.role = raw(body[1]), check_cuts(body[2]), number(body[3], ADMIN, READER)

    def read_invite(self, body):
        fields(body, (1, 2, 3), (4, 5))
        self.key, self.role, self.uses = raw(body[1]), number(body[2], ADMIN, READER), number(body[3], 65536)
        self.expires = number(body[4]) if 4 in body else None
        self.guest = raw(body[5]) if 5 in body else None

    def read_target(self, body):
        self.target = raw(fields(body, (1,))[1])

    def read_council(self, body):
        fields(body, (1, 2))
        self.members, self.threshold = [raw(member) for member in items(body[1], 64)], number(body[2], 64)
        ascending(self.members)

    def read_rotation(self, body):
        self.rotation = Rotation(fields(body, (1, 2, 3)))

    def read_share(self, body):
        fields(body, (1, 3))
        self.share = raw(body[1]), boxes(body[3])


READ = {
    GENESIS: Credential.read_genesis, ADMIT: Credential.read_admit, DEVICE_ADMIT: Credential.read_device_admit,
    DEVICE_REVOKE: Credential.read_removal, REMOVE: Credential.read_removal, ROLE: Credential.read_role,
    INVITE: Credential.read_invite, CANCEL: Credential.read_target, COUNCIL: Credential.read_council,
    ROTATE: Credential.read_rotation, SHARE: Credential.read_share, SUSPECT: Credential.read_target,
    LIFT: Credential.read_target,
}


def read_credential(data):
    """The credential; None when the bytes are none."""
    try:
        return Credential(data)
    except (Damaged, UnicodeDecodeError):
        return None
