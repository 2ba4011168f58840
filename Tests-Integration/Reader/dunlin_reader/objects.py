"""Objects as one mergeable document each, in the plainest way: Docs/Spec/Changes.md, Docs/Spec/Sequences.md."""
import base64
import math

from . import cbor
from .changes import (ADD, BACKWARD, COUNTER, DELETE, ENSURE, INSERT, LIST, MAP, MARK, MOVE, SET, SET_ELEMENTS, TEXT,
                      kind_of, scalar)

DEPTH_LIMIT = 64
END = ("end",)


class Sequence:
    """Every unit that was ever inserted, in order: elements, and the slots that moves gave them."""

    def __init__(self):
        self.units = []  # [event, left event, right event, (Lamport time, replica), element]
        self.deleted = {}  # by element, the events that deleted it
        self.settings = {}  # by element, ((Lamport time, replica), event, value)
        self.marks = []  # ((Lamport time, replica), start, end, key, encoded value or None)

    def place(self, event):
        if event is None:
            return -1
        if event is END:
            return len(self.units)
        return next(i for i, unit in enumerate(self.units) if unit[0] == event)

    def visible(self, past):
        slots = {}
        for unit in self.units:
            if unit[0] in past and (unit[4] not in slots or slots[unit[4]][3] < unit[3]):
                slots[unit[4]] = unit
        return [i for i, unit in enumerate(self.units)
                if slots.get(unit[4]) is unit and not any(d in past for d in self.deleted.get(unit[4], ()))]

    def insert(self, event, lamport, position, value, past):
        shown = self.visible(past)
        if position > len(shown):
            return
        self.settings[event] = [((0, b""), event, value)]
        self.place_unit(event, lamport, event, position, shown, past)

    def move(self, event, lamport, position, destination, past):
        shown = self.visible(past)
        if max(position, destination) >= len(shown):
            return
        element = self.units[shown.pop(position)][4]
        self.place_unit(event, lamport, element, destination, shown, past)

    def set(self, event, lamport, position, value, past):
        shown = self.visible(past)
        if position < len(shown):
            self.settings[self.units[shown[position]][4]].append(((lamport, event[0]), event, value))

    def place_unit(self, event, lamport, element, position, shown, past):
        left = shown[position - 1] if position else -1
        right = next((i for i in range(left + 1, len(self.units)) if self.units[i][0] in past), len(self.units))
        left_event = self.units[left][0] if left >= 0 else None
        right_event = self.units[right][0] if right < len(self.units) else END
        at = place = left + 1
        scanning = False
        while True:
            if not scanning:
                place = at
            if at == right:
                break
            other = self.units[at]
            other_left, other_right = self.place(other[1]), self.place(other[2])
            if other_left < left or (other_left == left and other_right == right and event[0] < other[0][0]):
                break
            if other_left == left:
                scanning = other_right < right
            at += 1
        self.units.insert(place, [event, left_event, right_event, (lamport, event[0]), element])

    def delete(self, event, position, past):
        shown = self.visible(past)
        if 0 <= position < len(shown):
            self.deleted.setdefault(self.units[shown[position]][4], set()).add(event)

    def values(self):
        shown = self.visible(Everything())
        return [max(self.settings[self.units[i][4]], key=lambda setting: setting[0])[2] for i in shown]

    def anchored(self, event, side):
        """How many units stand before an anchor; None when it has no place."""
        if event is None:
            return 0 if side else len(self.values())
        for i, unit in enumerate(self.units):
            if unit[0] == event:
                gone = self.deleted
                return sum(u[4] not in gone for u in self.units[:i + (side and unit[4] not in gone)])
        return None

    def attributes(self):
        """[key, value, start, end, ...] for each key and each value that shows."""
        shown = {}  # by key, for each unit the value that shows
        for _, start, end, key, value in sorted(self.marks, key=lambda mark: mark[0]):
            first, last = self.anchored(*start), self.anchored(*end)
            if first is not None and last is not None:
                for place in range(first, last):
                    shown.setdefault(key, {})[place] = value
        rows = []
        for key in sorted(shown):
            ranges = {}
            for place, value in sorted(shown[key].items()):
                if value is None:
                    continue
                borders = ranges.setdefault(value, [])
                if borders and borders[-1] == place:
                    borders[-1] = place + 1
                else:
                    borders += [place, place + 1]
            rows += [[cbor.Text(key.decode("utf-8")), cbor.decode(v)] + borders for v, borders in ranges.items()]
        return rows


class Everything:
    """A version that all events are in."""

    def __contains__(self, event):
        return True


class Past:
    """The events before one: all of the blocks in the block's past, and what the same block did before."""

    def __init__(self, versions, feed, number):
        self.versions, self.feed, self.number = versions, feed, number

    def __contains__(self, event):
        feed, number = event
        if feed == self.feed:
            return number < self.number
        return number >> 32 < self.versions.get(feed, 0)


class Document:
    def __init__(self):
        self.spans = []  # (feed, first number, count, Lamport time of the first)
        self.depths = {("root",): 0}
        self.maps, self.sequences, self.counters = {("root",): {}}, {}, {}

    def depth(self, target):
        if target in self.depths:
            return self.depths[target]
        if target[0] != "ensured":
            return None
        above = self.depth(target[1])
        return None if above is None else above + 1

    def admits(self, operations, feed, first, past):
        """Every container is made before it is used, and none too deep; else the change has no effect."""
        made, number = {}, first

        def depth(target):
            if target in made:
                return made[target]
            if target[0] == "ensured":
                above = depth(target[1])
                return None if above is None else above + 1
            # What somebody made meanwhile the change's writer cannot have known.
            return self.depths.get(target) if target[0] == "root" or target[1] in past else None

        for operation in operations:
            here = depth(operation.target)
            new = [(i, v[1]) for i, v in enumerate(operation.new_values()) if v[0] == 8]
            makes = bool(new) or ENSURE <= operation.kind < INSERT
            if here is None or here + makes > DEPTH_LIMIT:
                return False
            for i, kind in new:
                made["made", (feed, number + i), kind] = here + 1
            number += operation.units
        return True

    def apply(self, operations, feed, first, versions):
        past = Past(versions, feed, first)
        if not operations or not self.admits(operations, feed, first, past):
            return
        number = first
        lamport = 1 + max((t + min(c, self.known(f, n, c, past)) - 1 for f, n, c, t in self.spans
                           if (f, n) in past), default=-1)
        for operation in operations:
            self.perform(operation, feed, number, versions, lamport + number - first)
            number += operation.units
        self.spans.append((feed, first, number - first, lamport))

    @staticmethod
    def known(feed, first, count, past):
        # A block is in the past as a whole, so its spans are too.
        return count

    def container(self, target, depth=None):
        if target not in self.depths:
            self.depths[target] = self.depth(target) if depth is None else depth
        kind = kind_of(target)
        if kind == MAP:
            return self.maps.setdefault(target, {})
        if kind == COUNTER:
            return self.counters.setdefault(target, 0)
        return self.sequences.setdefault(target, Sequence())

    def made(self, value, event, target):
        if value[0] != 8:
            return value
        made = ("made", event, value[1])
        self.container(made, self.depths[target] + 1)
        return ("container", made)

    def perform(self, operation, feed, number, versions, lamport):
        target, event = operation.target, (feed, number)
        container = self.container(target)
        if operation.kind < INSERT:
            value = None
            if operation.kind == SET:
                value = self.made(operation.value, event, target)
            elif operation.kind >= ENSURE:
                ensured = ("ensured", target, operation.key, operation.kind - ENSURE)
                self.container(ensured)
                value = ("container", ensured)
            past = Past(versions, feed, number)
            kept = [w for w in container.get(operation.key, []) if w[1] not in past]
            container[operation.key] = kept + ([((lamport, feed), event, value)] if value is not None else [])
        elif operation.kind == ADD:
            self.counters[target] = (container + operation.amount + 2**63) % 2**64 - 2**63
        elif operation.kind >= MARK:
            container.marks.append(((lamport, feed), *operation.ends, operation.key, operation.value))
        else:
            for unit in range(operation.count):
                past, here = Past(versions, feed, number + unit), (feed, number + unit)
                time = lamport + unit
                if operation.kind in (INSERT, SET_ELEMENTS):
                    value = operation.values[unit]
                    if kind_of(target) == LIST:
                        value = self.made(value, here, target)
                    change = container.insert if operation.kind == INSERT else container.set
                    change(here, time, operation.position + unit, value, past)
                elif operation.kind == MOVE:
                    container.move(here, time, operation.position, operation.destination, past)
                else:
                    step = unit if operation.kind == BACKWARD else 0
                    container.delete(here, operation.position - step, past)

    # What it says

    def shown(self, target, key):
        values = sorted(self.maps[target].get(key, []), reverse=True)
        return values[0][2] if values else None

    def canonical(self, target=("root",)):
        kind = kind_of(target)
        if kind == MAP:
            fields = self.maps[target]
            # Keys in the order of their bytes.
            return [0] + [[cbor.Text(key.decode("utf-8"))] + [
                self.canonical_value(w[2]) for w in sorted(fields[key], key=lambda w: w[0], reverse=True)]
                for key in sorted(fields) if fields[key]]
        if kind == LIST:
            return [1] + [self.canonical_value(v) for v in self.sequences[target].values()]
        if kind == TEXT:
            text = self.sequences[target]
            return [2, cbor.Text("".join(text.values()))] + text.attributes()
        return [3, self.counters[target]]

    def canonical_value(self, value):
        return self.canonical(value[1]) if value[0] == "container" else bytes([value[0]]) + value[1]

    def json(self, target=("root",)):
        kind = kind_of(target)
        if kind == MAP:
            return {key.decode("utf-8"): self.json_value(self.shown(target, key))
                    for key, writes in self.maps[target].items()
                    if writes and not (target == ("root",) and key.startswith(b"@"))}
        if kind == LIST:
            return [self.json_value(v) for v in self.sequences[target].values()]
        if kind == TEXT:
            return {"@text": "".join(self.sequences[target].values())}
        return {"@counter": self.counters[target]}

    def json_value(self, value):
        if value[0] == "container":
            return self.json(value[1])
        plain = scalar(*value)
        if value[0] == 4 and not math.isfinite(plain):
            return {"@double": "nan" if math.isnan(plain) else "inf" if plain > 0 else "-inf"}
        if value[0] == 6:
            return {"@bytes": base64.b64encode(plain).decode()}
        if value[0] == 7:
            return {"@ref": base32(plain)}
        return plain

    def field(self, key):
        value = self.shown(("root",), key)
        return None if value is None or value[0] == "container" else scalar(*value)


def base32(data):
    return base64.b32encode(data).decode().lower().rstrip("=")
