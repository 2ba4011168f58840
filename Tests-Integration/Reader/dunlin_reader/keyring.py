"""The keyring file: Docs/Spec/Keys.md."""
from nacl import bindings

from . import cbor
from .cbor import Damaged
from .primitives import H, open_aead

CONTEXT = b"dunlin/keyring/1"


def open_keyring(data, passphrase):
    """Records by name."""
    fields = cbor.decode(data)
    if fields.get(5) != H(CONTEXT, *(fields[key] for key in (1, 2, 3, 4))):
        raise Damaged("The keyring file is damaged.")
    header = cbor.decode(fields[1])
    if header[1] != 1 or header[2] != 1:
        raise Damaged("The keyring was written by a newer version.")
    if not (19 << 20 <= header[4] <= 1 << 30 and 1 <= header[3] <= 10):
        raise Damaged("The keyring asks for extreme parameters.")
    wrapping = bindings.crypto_pwhash_alg(
        32, passphrase, header[5], header[3], header[4], bindings.crypto_pwhash_ALG_ARGON2ID13)
    key = open_aead(fields[2], wrapping, header[6], fields[1])
    if key is None:
        raise Damaged("The passphrase is wrong.")
    plaintext = open_aead(fields[4], key, fields[3], CONTEXT)
    if plaintext is None:
        raise Damaged("The keyring file is damaged.")
    records, reader = {}, cbor.Reader(plaintext)
    while reader.at < len(plaintext):
        name = reader.raw(reader.u8()).decode("utf-8")
        records[name] = reader.raw(int.from_bytes(reader.raw(2), "little"))
    return records
