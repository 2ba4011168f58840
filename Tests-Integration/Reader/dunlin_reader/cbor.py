"""Deterministic CBOR as Docs/Spec/Encoding.md restricts it. What is accepted encodes to the same bytes."""


class Damaged(Exception):
    """Bytes that the specification does not allow."""


class Text(str):
    """A text string; byte strings are bytes."""


def encode(value):
    if value is None:
        return b"\xf6"
    if value is True:
        return b"\xf5"
    if value is False:
        return b"\xf4"
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, (bytes, bytearray)):
        return head(2, len(value)) + bytes(value)
    if isinstance(value, str):
        raw = value.encode("utf-8")
        return head(3, len(raw)) + raw
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(encode, value))
    if isinstance(value, dict):
        pairs = sorted((encode(key), encode(item)) for key, item in value.items())
        return head(5, len(pairs)) + b"".join(key + item for key, item in pairs)
    raise Damaged(f"{type(value)} has no encoding")


def head(major, number):
    if number < 24:
        return bytes([major << 5 | number])
    for code, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << (8 * size):
            return bytes([major << 5 | code]) + number.to_bytes(size, "big")
    raise Damaged("a number beyond 64 bits")


FILES, MESSAGES = (64, 1 << 24), (16, 1 << 16)  # levels, and items in a container


def decode(data, limits=FILES):
    value, end = item(bytes(data), 0, limits[0], limits[1])
    if end != len(data) or encode(value) != bytes(data):
        raise Damaged("CBOR that is not canonical")
    return value


def item(data, at, levels, most):
    if at >= len(data) or levels == 0:
        raise Damaged("CBOR that is cut off or too deep")
    major, low = data[at] >> 5, data[at] & 31
    at += 1
    if major == 7:
        if low not in (20, 21, 22):
            raise Damaged("a simple value that is not allowed")
        return {20: False, 21: True, 22: None}[low], at
    if low < 24:
        number = low
    elif low < 28:
        size = 1 << (low - 24)
        number = int.from_bytes(data[at:at + size], "big")
        at += size
    else:
        raise Damaged("an indefinite length")
    if major == 0:
        return number, at
    if major == 1:
        return -1 - number, at
    if major in (2, 3):
        raw = data[at:at + number]
        if len(raw) != number:
            raise Damaged("a string that is cut off")
        return (raw if major == 2 else Text(raw.decode("utf-8"))), at + number
    if major in (4, 5) and number > most:
        raise Damaged("a container with too many items")
    if major == 4:
        items = []
        for _ in range(number):
            value, at = item(data, at, levels - 1, most)
            items.append(value)
        return items, at
    if major == 5:
        fields = {}
        for _ in range(number):
            key, at = item(data, at, levels - 1, most)
            value, at = item(data, at, levels - 1, most)
            if type(key) not in (int, Text) or key in fields or type(key) is int and key < 0:
                raise Damaged("a key of a wrong kind, or that comes twice")
            fields[key] = value
        return fields, at
    raise Damaged("a tag")


class Reader:
    """Varints and sized strings, one after the other."""

    def __init__(self, data):
        self.data, self.at = bytes(data), 0

    def raw(self, count):
        part = self.data[self.at:self.at + count]
        if len(part) != count:
            raise Damaged("bytes that are cut off")
        self.at += count
        return part

    def u8(self):
        return self.raw(1)[0]

    def varint(self):
        value = shift = 0
        while True:
            byte = self.u8()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                if (byte == 0 and shift > 7) or value >> 64:
                    raise Damaged("a varint that is not the shortest")
                return value

    def signed(self):
        value = self.varint()
        return value >> 1 if value & 1 == 0 else -(value >> 1) - 1

    def sized(self):
        return self.raw(self.varint())

    def runs(self, count):
        """`count` numbers as runs of (length, value)."""
        values = []
        while len(values) < count:
            length = self.varint()
            if length == 0 or length > count - len(values):
                raise Damaged("a run of a wrong length")
            values += [self.varint()] * length
        return values

    def finish(self):
        if self.at != len(self.data):
            raise Damaged("bytes behind the end")
