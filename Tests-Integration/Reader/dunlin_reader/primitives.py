"""The primitives of Docs/Spec/Encoding.md, by libsodium."""
import hashlib

from nacl import bindings
from nacl.exceptions import CryptoError

from .cbor import Damaged


def H(*parts):
    return hashlib.blake2b(b"".join(parts), digest_size=32).digest()


def kdf(key, *label):
    return hashlib.blake2b(b"".join(label), digest_size=32, key=key).digest()


def u64(number):
    return number.to_bytes(8, "little")


def open_aead(sealed, key, nonce, associated):
    try:
        return bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed, associated, nonce, key)
    except CryptoError:
        return None


def open_box(box, public, secret):
    try:
        return bindings.crypto_box_seal_open(box, public, secret)
    except CryptoError:
        return None


def box_public(secret):
    return bindings.crypto_scalarmult_base(secret)


def verify(key, purpose, message, signature):
    signed = b"dunlin/1/" + purpose + b"\0" + message
    try:
        bindings.crypto_sign_open(signature + signed, key)
    except (CryptoError, ValueError):
        raise Damaged(f"a signature for {purpose.decode()} does not hold") from None
