"""The change of one object: Docs/Spec/Changes.md."""
import struct

from .cbor import Damaged, Reader, decode

MAP, LIST, TEXT, COUNTER = 0, 1, 2, 3
SET, DELETE, ENSURE, INSERT, FORWARD, BACKWARD, ADD = 0, 1, 2, 8, 9, 10, 11
MOVE, SET_ELEMENTS, MARK, UNMARK = 12, 13, 14, 15


class Operation:
    def __init__(self, kind, target):
        self.kind, self.target = kind, target
        self.position = self.count = 0
        self.units, self.key, self.value, self.values, self.amount = 1, None, None, None, 0
        self.destination = 0

    def new_values(self):
        """The values that come into a map or a list, one for each unit."""
        if self.kind == SET:
            return [self.value]
        return self.values if kind_of(self.target) == LIST and self.values else []


def read_value(reader):
    """(kind, payload bytes): a scalar as it is stored, or (8, kind of container)."""
    kind, start = reader.u8(), reader.at
    if kind == 3:
        reader.signed()
    elif kind == 4:
        reader.raw(8)
    elif kind in (5, 6):
        reader.sized()
    elif kind == 7:
        reader.raw(16)
    elif kind == 8:
        return 8, reader.u8()
    elif kind > 2:
        raise Damaged("a value of an unknown kind")
    return kind, reader.data[start:reader.at]


def decode_change(data, writer):
    """(targets, operations). A target is a tuple that names a container for everybody."""
    reader = Reader(data)
    if reader.u8() != 1:
        raise Damaged("a change of a newer version")
    replicas = [reader.raw(32) for _ in range(reader.varint())]
    targets = []
    for _ in range(reader.varint()):
        tag = reader.u8()
        if tag == 0:
            targets.append(("root",))
        elif tag == 1:
            parent, key, kind = reader.varint(), reader.sized(), reader.u8()
            targets.append(("ensured", targets[parent], key, kind))
        elif tag == 2:
            index, sequence, kind = reader.varint(), reader.varint(), reader.u8()
            targets.append(("made", (writer if index == 0 else replicas[index - 1], sequence), kind))
        else:
            raise Damaged("a container of an unknown kind")
    count = reader.varint()
    kinds = reader.runs(count)
    indices = reader.runs(count)
    operations = [Operation(kind, targets[index]) for kind, index in zip(kinds, indices)]
    sequences = [o for o in operations if o.kind in (INSERT, FORWARD, BACKWARD, MOVE, SET_ELEMENTS)]
    position = 0
    for operation in sequences:
        position += reader.signed()
        operation.position = position
    for operation in sequences:
        operation.count = operation.units = reader.varint()
        if operation.kind == BACKWARD and operation.count > operation.position + 1:
            raise Damaged("a deletion reaches below the beginning")
        if operation.kind == MOVE and operation.count != 1:
            raise Damaged("several elements are moved as one")
    for operation in sequences:
        if operation.kind == MOVE:
            operation.destination = reader.varint()
    for operation in operations:
        if operation.kind < INSERT or operation.kind >= MARK:
            operation.key = reader.sized()
    for operation in operations:
        if operation.kind == SET:
            operation.value = read_value(reader)
        elif operation.kind in (INSERT, SET_ELEMENTS) and kind_of(operation.target) == LIST:
            operation.values = [read_value(reader) for _ in range(operation.count)]
        elif operation.kind == MARK:
            operation.value = reader.sized()
            decode(operation.value)
    for operation in operations:
        if operation.kind == ADD:
            operation.amount = reader.signed()
    number = 0
    for operation in operations:
        if operation.kind >= MARK:
            head, operation.ends = reader.u8(), []
            if head > 15:
                raise Damaged("ends of an unknown kind")
            for part in (head & 3, head >> 2):
                event = None
                if part & 2:
                    index = reader.varint()
                    number = (number + reader.signed()) % 2**64
                    event = (writer if index == 0 else replicas[index - 1], number)
                operation.ends.append((event, part & 1))
    text = reader.sized().decode("utf-8")
    for operation in operations:
        if operation.kind == INSERT and operation.values is None:
            operation.values, text = list(text[:operation.count]), text[operation.count:]
            if len(operation.values) != operation.count:
                raise Damaged("a text insertion that is cut off")
    if text:
        raise Damaged("text that belongs to no insertion")
    reader.finish()
    return operations


def kind_of(target):
    return MAP if target[0] == "root" else target[-1]


def scalar(kind, payload):
    reader = Reader(payload)
    if kind == 0:
        return None
    if kind in (1, 2):
        return kind == 2
    if kind == 3:
        return reader.signed()
    if kind == 4:
        return struct.unpack("<d", payload)[0]
    if kind == 5:
        return reader.sized().decode("utf-8")
    return payload if kind == 7 else reader.sized()
