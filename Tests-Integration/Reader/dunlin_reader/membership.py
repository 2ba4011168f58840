"""Who is a member: Docs/Spec/Credentials.md, "Evaluation". Signatures are not its business."""
from .kinds import (
    ADMIN, ADMIT, CANCEL, COUNCIL, DEVICE_ADMIT, DEVICE_REVOKE, EDITOR, GENESIS, INVITE, LIFT, REMOVE, ROLE, ROTATE,
    SHARE, SUSPECT)

ROOT, LEAVING, BY_DEVICE = range(3)
PAST_LIMIT = 65536
MEMBER_LIMIT, DEVICE_LIMIT, ROOT_DEVICE_LIMIT, ALL_DEVICES_LIMIT = 1000, 32, 64, 1400


class Node:
    """A credential in the graph, with what is judged in the view of its own past and never changes."""

    def __init__(self, credential, past, depth):
        self.credential, self.past = credential, past
        self.id, self.type, self.rank = credential.id, credential.type, (depth, credential.id)
        self.leaving = self.type == REMOVE and credential.target == credential.identity
        # Who leaves needs no council.
        self.decision = None if self.leaving else credential.decision
        self.by_root = credential.device is None
        # Of the issuer when it issued this: its admission in force, and its device's.
        self.issuer = self.device = None
        self.signers = self.threshold = self.invite = None

    def issuer_rank(self):
        return self.issuer.rank

    def device_rank(self):
        return () if self.by_root else self.device.rank

    def concurrent(self, other):
        return self is not other and self not in other.past and other not in self.past

    def outranks(self, act):
        """Whether this removal's issuer could have taken the act away."""
        if self.type == DEVICE_REVOKE:
            mine, its = (self.issuer_rank(), self.device_rank()), (act.issuer_rank(), act.device_rank())
            return self.by_root or mine < its
        return self.decision is not None or self.issuer_rank() < act.issuer_rank()

    def needs_admin(self):
        return self.type in (ADMIT, INVITE, CANCEL, COUNCIL, ROLE) or self.type == REMOVE and not self.leaving

    def removes(self):
        """(type, target) of a removal, by which two are the same; else None."""
        if self.type in (REMOVE, DEVICE_REVOKE) or self.type == ROLE and self.credential.role < ADMIN:
            return self.type, self.credential.target
        return None

    def is_own(self):
        """A leaving, or a device that takes itself out."""
        return self.leaving or self.type == DEVICE_REVOKE and self.credential.target == self.credential.device

    def place(self):
        kind = ROOT if self.by_root else LEAVING if self.leaving else BY_DEVICE
        own = self.issuer_rank(), kind, self.device_rank() if kind == BY_DEVICE else ()
        rests_on = (self.device, self.invite) if kind == BY_DEVICE else ()
        return max([own] + [n.place() for n in rests_on if n and n.type != GENESIS])

    def order(self):
        if self.type == GENESIS:
            return 0,
        if self.decision:
            return 1, self.rank
        return 2, self.place(), self.rank


class Member:
    def __init__(self, admission):
        self.admission, self.role = admission, admission.credential.role
        self.devices = {}  # the admission of each present one


class View:
    """What follows from some nodes and all in their past: live nodes, members and devices."""

    def __init__(self, nodes):
        self.live, self.is_live, self.removals = [], set(), []
        for node in sorted((n for n in nodes if n.valid), key=Node.order):
            if self.stands(node):
                self.live.append(node)
                self.is_live.add(node)
                if node.removes():
                    self.removals.append(node)
        self.members = {}
        self.devices = {}  # the admission that counts where a device alone is asked for
        self.find_members()
        self.find_devices()

    def of_type(self, *types):
        return [node for node in self.live if node.type in types]

    # Live or void; what is live so far stands before the node in the order.

    def stands(self, node):
        if node.type == GENESIS:
            return True
        if node.decision:
            return not self.signers_are_gone(node)
        rests_on = [node.issuer]
        if not node.leaving:
            rests_on += [n for n in (node.device, node.invite) if n]
        if any(n not in self.is_live for n in rests_on):
            return False
        if any(self.hits(removal, node) for removal in self.removals):
            return False
        return not node.invite or not self.is_ended(node)

    def hits(self, removal, act):
        if not removal.concurrent(act):
            return False
        target, credential = removal.credential.target, act.credential
        if removal.leaving:
            hit = (credential.identity == target and not act.by_root and not act.leaving
                   and removal.issuer_rank() <= act.issuer_rank())
        elif removal.type == REMOVE:
            hit = credential.identity == target and removal.outranks(act)
        elif removal.type == DEVICE_REVOKE:
            hit = not removal.is_own() and credential.device == target and removal.outranks(act)
        else:
            hit = credential.identity == target and act.needs_admin() and removal.outranks(act)
        return hit and not any(
            other.removes() == removal.removes() and not other.is_own() and act in other.past
            and other.outranks(act) for other in self.removals)

    def is_ended(self, node):
        device = node.credential.admission.device
        used = {n.credential.admission.device for n in self.of_type(ADMIT) if n.invite is node.invite}
        return len(used) >= node.invite.credential.uses or device in used or any(
            n.credential.target == node.invite.id and n.concurrent(node) for n in self.of_type(CANCEL))

    def signers_are_gone(self, node):
        gone = {n.credential.target for n in self.removals if n.decision and n.concurrent(node)}
        return len(node.signers - gone) < node.threshold

    # Members

    def find_members(self):
        for admission in sorted(self.of_type(GENESIS, ADMIT), key=lambda n: n.rank):
            identity = admission.credential.admission.identity
            if identity not in self.members and not self.is_covered(admission, identity):
                self.members[identity] = Member(admission)
        for identity, member in self.members.items():
            roles = [n for n in self.of_type(ROLE)
                     if n.credential.target == identity and member.admission in n.past]
            if roles:
                member.role = min(n.credential.role for n in last(roles))

    def is_covered(self, admission, identity):
        return any(
            n.credential.target == identity and (
                admission in n.past or n.concurrent(admission) and (
                    n.decision is not None or n.credential.identity == identity
                    or n.issuer_rank() < admission.rank))
            for n in self.of_type(REMOVE))

    def find_devices(self):
        for node in sorted(self.of_type(GENESIS, ADMIT, DEVICE_ADMIT), key=lambda n: n.rank):
            admission = node.credential.admission
            member = self.members.get(admission.identity)
            if member is None or node is not member.admission and member.admission not in node.past:
                continue
            if admission.device not in member.devices and not self.is_revoked(node, member):
                member.devices[admission.device] = node
                self.devices.setdefault(admission.device, node)

    def is_revoked(self, node, member):
        device = node.credential.admission.device
        return any(
            n.credential.target == device and (
                node in n.past or n.concurrent(node) and (
                    n.by_root or n.credential.device == device
                    or (n.issuer_rank(), n.device_rank()) < (member.admission.rank, node.rank)))
            for n in self.of_type(DEVICE_REVOKE))

    def suspended(self):
        """Devices that get no new keys."""
        lifts = self.of_type(LIFT)
        standing = {}
        for node in self.of_type(SUSPECT):
            target = node.credential.target
            if not any(node in lift.past and lift.credential.target == target for lift in lifts):
                standing.setdefault(target, []).append(node)
        devices = {d: n for member in self.members.values() for d, n in member.devices.items()}
        return {device for device in set(devices) | set(standing) if self.is_suspended(device, devices, standing)}

    @staticmethod
    def is_suspended(device, devices, standing):
        if device in standing:
            return True
        while device in devices and devices[device].type == DEVICE_ADMIT and devices[device].credential.device:
            admission, device = devices[device], devices[device].credential.device
            if any(admission not in node.past for node in standing.get(device, [])):
                return True
        return False

    def council(self):
        return min(last(self.of_type(COUNCIL)), key=lambda n: n.rank, default=None)

    def role(self, identity):
        return self.members[identity].role if identity in self.members else 0

    def device_admission(self, device, identity):
        """The admission of a present device of this identity, or None."""
        return self.members[identity].devices.get(device) if identity in self.members else None


def last(nodes):
    """Those in no other one's past."""
    return [n for n in nodes if not any(n in other.past for other in nodes)]


class Graph:
    """All credentials that are known, valid or not."""

    def __init__(self, genesis):
        self.genesis, self.nodes = genesis, {}

    def insert(self, credential):
        """The node; None while parents are missing."""
        if credential.id in self.nodes:
            return self.nodes[credential.id]
        parents = set(credential.parents)
        is_first = credential.id == self.genesis
        if not parents <= self.nodes.keys() or not is_first and (not parents or credential.type == GENESIS):
            return None
        above = [self.nodes[parent] for parent in parents]
        past = frozenset(above).union(*(node.past for node in above))
        node = Node(credential, past, 1 + max((n.rank[0] for n in above), default=-1))
        node.valid = Judgement(node, self.nodes).is_valid()
        self.nodes[node.id] = node
        return node

    def view(self, ids=None):
        """None when one of the ids is not known."""
        if ids is None:
            return View(self.nodes.values())
        if any(id not in self.nodes for id in ids):
            return None
        nodes = [self.nodes[id] for id in ids]
        return View(frozenset(nodes).union(*(node.past for node in nodes)))


class Judgement:
    """Whether a credential is valid, in the view of its own past."""

    def __init__(self, node, nodes):
        self.node, self.credential, self.nodes = node, node.credential, nodes

    def is_valid(self):
        node, credential = self.node, self.credential
        if node.type == GENESIS:
            admission = credential.admission
            return not node.past and credential.identity == admission.identity and (
                credential.device in (None, admission.device))
        if len(node.past) > PAST_LIMIT:
            return False
        self.view = View(node.past)
        self.me = self.view.members.get(credential.identity)
        if self.me is None:
            return False
        node.issuer = self.me.admission
        if not node.by_root:
            node.device = self.view.device_admission(credential.device, credential.identity)
            if node.device is None:
                return False
        elif node.type not in (DEVICE_ADMIT, DEVICE_REVOKE, LIFT):
            return False
        return RULES[node.type](self)

    def in_past(self, id, type):
        """The valid node of this type, or None."""
        found = self.nodes.get(id)
        return found if found in self.node.past and found.valid and found.type == type else None

    def is_admin(self):
        return self.me.role == ADMIN

    def may_remove(self, target):
        member = self.view.members.get(target)
        return member is not None and self.is_admin() and self.me.admission.rank < member.admission.rank

    def is_mine(self, device):
        return self.view.device_admission(device, self.credential.identity)

    def is_senior_to(self, device):
        """The issuing device, or root, to another device of the issuer."""
        admission = self.is_mine(device)
        return admission is not None and (self.node.by_root or self.node.device.rank < admission.rank)

    def admit(self):
        admission, redemption = self.credential.admission, self.credential.redemption
        if redemption:
            self.node.invite = self.in_past(redemption.invite, INVITE)
        return (
            (self.redeems() if redemption else self.is_admin()) and self.credential.role <= self.me.role
            and admission.identity not in self.view.members and admission.device not in self.view.devices
            and len(self.view.members) < MEMBER_LIMIT and self.device_count() < ALL_DEVICES_LIMIT)

    def device_count(self):
        return sum(len(member.devices) for member in self.view.members.values())

    def redeems(self):
        invite = self.node.invite
        if invite is None or invite not in self.view.is_live or invite.credential.role < self.credential.role:
            return False
        device = self.credential.admission.device
        return self.credential.redemption.holds(invite.credential) and not any(
            n.credential.target == invite.id for n in self.view.of_type(CANCEL)) and not any(
            n.valid and n.invite is invite and n.credential.admission.device == device for n in self.node.past)

    def device_admit(self):
        admission = self.credential.admission
        limit = ROOT_DEVICE_LIMIT if self.node.by_root else DEVICE_LIMIT
        return (
            admission.identity == self.credential.identity and admission.device not in self.view.devices
            and len(self.me.devices) < limit and (self.node.by_root or self.device_count() < ALL_DEVICES_LIMIT))

    def device_revoke(self):
        target = self.credential.target
        return target == self.credential.device or self.is_senior_to(target)

    def remove(self):
        if self.credential.decision and not self.credential.decision.signers:
            return False
        if self.node.decision:
            return self.is_decided()
        return self.node.leaving or self.may_remove(self.credential.target)

    def is_decided(self):
        decision, target, council = self.node.decision, self.credential.target, self.view.council()
        member = self.view.members.get(target)
        if not council or not member:
            return False
        if (council.id, member.admission.id) != (decision.council, decision.admission):
            return False
        signers = decision.signers + [(self.credential.identity, self.credential.device)]
        self.node.signers = {
            identity for identity, device in signers
            if identity in council.credential.members and identity != target
            and self.view.device_admission(device, identity)}
        self.node.threshold = council.credential.threshold
        return len(self.node.signers) >= self.node.threshold

    def change_role(self):
        target = self.credential.target
        mine = target == self.credential.identity and self.credential.role < self.me.role
        return mine or self.may_remove(target)

    def issue_invite(self):
        return self.is_admin() and self.credential.role <= self.me.role and self.credential.uses >= 1

    def cancel(self):
        invite = self.in_past(self.credential.target, INVITE)
        return invite is not None and self.is_admin() and self.me.admission.rank <= invite.issuer_rank()

    def name_council(self):
        size = len(self.credential.members)
        return (self.is_admin() and self.me.admission.type == GENESIS and size >= 2
                and 2 * self.credential.threshold > size >= self.credential.threshold)

    def rotate(self):
        return self.me.role >= EDITOR

    def share(self):
        return True

    def suspect(self):
        return self.is_mine(self.credential.target) is not None and self.credential.target != self.credential.device

    def lift(self):
        return self.is_senior_to(self.credential.target)


RULES = {
    ADMIT: Judgement.admit, DEVICE_ADMIT: Judgement.device_admit, DEVICE_REVOKE: Judgement.device_revoke,
    REMOVE: Judgement.remove, ROLE: Judgement.change_role, INVITE: Judgement.issue_invite, CANCEL: Judgement.cancel,
    COUNCIL: Judgement.name_council, ROTATE: Judgement.rotate, SHARE: Judgement.share, SUSPECT: Judgement.suspect,
    LIFT: Judgement.lift,
}
