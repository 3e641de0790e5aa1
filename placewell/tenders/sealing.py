"""How a bid is sealed: pieces of one size, encrypted before they are stored, that two key holders together can open.

Every piece has the same form: a fresh X25519 public key (32 bytes), ten places for wrapped keys (48 bytes each), and a
ciphertext of fixed length (ChaCha20-Poly1305, RFC 8439). What is in it - a draft, part of a submitted bid, or nothing at all -
cannot be told without a key. A submitted piece's data key is wrapped for each pair of holders under HKDF-SHA256 (RFC 5869)
over the two X25519 secrets (RFC 7748) of that pair: either holder's half alone opens nothing.

Codes are random (160 bits), shown once, and never stored; a holder's private key and a bidder's draft key follow from them.
"""

import base64
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

import msgpack
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from placewell.kernel.errors import Refused

PIECE = 65_536
KEY, WRAPPED, TAG, LENGTH = 32, 48, 16, 4
PAIRS = 10
MOST_HOLDERS = 5  # ten pairs
HEAD = KEY + PAIRS * WRAPPED
ROOM = PIECE - HEAD - TAG - LENGTH
CHUNK = ROOM - 200  # a submitted piece says which submission it is part of
CODE_BYTES = 20
NONCE = bytes(12)  # each key encrypts one message


def _derive(secret: bytes, what: str, salt: bytes | None = None) -> bytes:
    return HKDF(SHA256(), 32, salt, b"placewell tenders 1: " + what.encode()).derive(secret)


def new_code() -> str:
    """Return a fresh code of 160 random bits, in eight groups of four letters and digits."""
    text = base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def read_code(text: str) -> bytes:
    """Return the secret that a typed code stands for; case, spaces and dashes do not matter.

    Raises:
        Refused: it is not a code.
    """
    bare = "".join(text.split()).replace("-", "").upper().translate(str.maketrans("018", "OIB"))
    try:
        secret = base64.b32decode(bare)
    except ValueError:
        secret = b""
    if len(secret) != CODE_BYTES:
        raise Refused("This is not a whole code: it has eight groups of four letters and digits.")
    return secret


def opening_key(code: str) -> X25519PrivateKey:
    """Return the private half of a holder's key, which follows from the code that only the holder keeps."""
    return X25519PrivateKey.from_private_bytes(_derive(read_code(code), "opening key"))


def public_half(code: str) -> bytes:
    """Return the public half of a holder's key (32 bytes)."""
    return opening_key(code).public_key().public_bytes_raw()


@dataclass(frozen=True)
class Desk:
    """Where a bidder works: the key of its drafts, and where the first piece lies."""

    key: bytes
    place: UUID

    @classmethod
    def of(cls, code: str, procurement: UUID) -> "Desk":
        """Return the desk that a bidder's *code* opens in one procurement."""
        secret = read_code(code)
        place = _derive(secret, "place", procurement.bytes)[:16]
        return cls(_derive(secret, "draft key", procurement.bytes), UUID(bytes=place, version=4))


def _filled(data: bytes) -> bytes:
    if len(data) > ROOM:
        raise ValueError("too much for one piece")
    return len(data).to_bytes(LENGTH, "big") + data + bytes(ROOM - len(data))


def _bare(filled: bytes) -> bytes:
    return filled[LENGTH : LENGTH + int.from_bytes(filled[:LENGTH], "big")]


def _bound(procurement: UUID, piece: UUID) -> bytes:
    return procurement.bytes + piece.bytes


def decoy() -> bytes:
    """Return a piece with nothing in it."""
    return X25519PrivateKey.generate().public_key().public_bytes_raw() + os.urandom(PIECE - KEY)


def lay_down(desk: Desk, data: bytes, *, procurement: UUID, piece: UUID) -> bytes:
    """Return a piece of a draft, which only the bidder's code opens."""
    fresh = X25519PrivateKey.generate().public_key().public_bytes_raw()
    key = _derive(desk.key, "draft piece", fresh)
    sealed = ChaCha20Poly1305(key).encrypt(NONCE, _filled(data), _bound(procurement, piece))
    return fresh + os.urandom(PAIRS * WRAPPED) + sealed


def take_up(desk: Desk, body: bytes, *, procurement: UUID, piece: UUID) -> bytes:
    """Return what a piece of a draft holds.

    Raises:
        Refused: the code is not the one that it was laid down with, or the piece was altered.
    """
    key = _derive(desk.key, "draft piece", body[:KEY])
    try:
        return _bare(ChaCha20Poly1305(key).decrypt(NONCE, body[HEAD:], _bound(procurement, piece)))
    except InvalidTag:
        raise Refused("The bid cannot be read: what is stored was altered.") from None


def _pair_key(first: bytes, second: bytes, fresh: bytes, holders: tuple[bytes, bytes]) -> bytes:
    return _derive(first + second, "pair " + holders[0].hex() + holders[1].hex(), fresh)


def pairs(holders: Iterable[bytes]) -> list[tuple[bytes, bytes]]:
    """Return every two of the holders' public keys, in the one order in which places are given out."""
    return list(combinations(sorted(holders), 2))


def seal(data: bytes, holders: Sequence[bytes], *, procurement: UUID, piece: UUID) -> bytes:
    """Return a piece that any two of *holders* (public keys) open together, and nobody else."""
    if not 2 <= len(set(holders)) <= MOST_HOLDERS:
        raise ValueError("a sealed bid needs two to five holders")
    fresh, key = X25519PrivateKey.generate(), secrets.token_bytes(32)
    public = fresh.public_key().public_bytes_raw()
    shared = {each: fresh.exchange(X25519PublicKey.from_public_bytes(each)) for each in set(holders)}
    bound = _bound(procurement, piece)
    wraps = [
        ChaCha20Poly1305(_pair_key(shared[a], shared[b], public, (a, b))).encrypt(NONCE, key, bound)
        for a, b in pairs(set(holders))
    ]
    wraps += [os.urandom(WRAPPED) for _ in range(PAIRS - len(wraps))]
    return public + b"".join(wraps) + ChaCha20Poly1305(key).encrypt(NONCE, _filled(data), bound)


def half(code: str, body: bytes) -> bytes:
    """Return one holder's half (32 bytes) of what opens a piece: worth nothing without another holder's."""
    return opening_key(code).exchange(X25519PublicKey.from_public_bytes(body[:KEY]))


def halves(code: str, pieces: Iterable[tuple[UUID, bytes]]) -> dict[bytes, bytes]:
    """Return {piece id: one holder's half} for many pieces."""
    key = opening_key(code)
    return {pk.bytes: key.exchange(X25519PublicKey.from_public_bytes(body[:KEY])) for pk, body in pieces}


def open_piece(
    body: bytes,
    own: Mapping[bytes, bytes],
    holders: Sequence[bytes],
    *,
    procurement: UUID,
    piece: UUID,
) -> bytes | None:
    """Return what a piece holds, given two holders' halves {public key: half}; None when it is not sealed for them."""
    bound = _bound(procurement, piece)
    first, second = sorted(own)
    at = pairs(holders).index((first, second))
    wrapped = body[KEY + at * WRAPPED : KEY + (at + 1) * WRAPPED]
    try:
        key = ChaCha20Poly1305(_pair_key(own[first], own[second], body[:KEY], (first, second))).decrypt(
            NONCE, wrapped, bound
        )
        return _bare(ChaCha20Poly1305(key).decrypt(NONCE, body[HEAD:], bound))
    except InvalidTag:
        return None


def parts(name: bytes, whole: bytes) -> Iterator[bytes]:
    """Cut *whole* into the contents of pieces, each with the *name* of what it is part of."""
    count = max(1, -(-len(whole) // CHUNK))
    for number in range(count):
        yield msgpack.packb([name, number, count, whole[number * CHUNK : (number + 1) * CHUNK]])


def together(found: Iterable[bytes]) -> tuple[dict[bytes, bytes], set[bytes]]:
    """Return what `parts` cut, whole, by name; and the names of which a part is missing."""
    seen: dict[bytes, dict[int, bytes]] = {}
    due: dict[bytes, int] = {}
    for content in found:
        name, number, count, chunk = msgpack.unpackb(content)
        seen.setdefault(name, {})[number] = chunk
        due[name] = count
    whole = {name: b"".join(got[n] for n in range(due[name])) for name, got in seen.items() if len(got) == due[name]}
    return whole, set(seen) - set(whole)


def digest(data: bytes) -> str:
    """Return SHA-256 as sixty-four digits."""
    return hashlib.sha256(data).hexdigest()


def _receipt_key(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_derive(secret.encode(), "receipts"))


def sign(text: str, secret: str) -> str:
    """Return the signature (Ed25519, RFC 8032) of a receipt, as digits."""
    return _receipt_key(secret).sign(text.encode()).hex()


def receipts_public_key(secret: str) -> str:
    """Return the public key by which anybody can check a receipt."""
    return _receipt_key(secret).public_key().public_bytes_raw().hex()


def is_signed(text: str, signature: str, public_key: str) -> bool:
    """Tell whether *signature* is that of *text* under *public_key*."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True
