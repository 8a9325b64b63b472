"""Signatures: the one key a programme signs with, where it comes from, and whether something was signed by a key.

Ed25519. A key's name is its public half, 64 hex digits, so whoever reads a signature needs no list of keys. The private
half is a PEM file only its owner can read: the one NORDWAERTS_SIGNING_KEY names, else one made on first use under the
programme's folder. It is never logged, shown, published or backed up. `cryptography` is imported by whoever signs or
verifies and by nobody who only reads.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from release.atomic import partial_name, sync_folder
from release.layout import VarFolder
from release.reason import Reason, ReleaseError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

VARIABLE = "NORDWAERTS_SIGNING_KEY"


class SigningError(ReleaseError):
    """There is no key that may be signed with."""


@dataclass(frozen=True)
class Signer:
    """A private key ready to sign; `public` is its public half in hex."""

    public: str
    _key: "Ed25519PrivateKey"

    def sign(self, message: bytes) -> bytes:
        """The signature of a message, 64 bytes; the same message gives the same signature."""
        return self._key.sign(message)

    def pem(self) -> bytes:
        """The public half as the PEM file other programs read."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def signer(var: VarFolder) -> Signer:
    """The key a programme signs with, made on first use; the caller holds `refresh_lock`. Raises SigningError."""
    named = os.environ.get(VARIABLE)
    if named:
        return _load(Path(named).expanduser(), closed_to=0o007)
    if not var.signing_key.exists():
        _make(var.signing_key)
    return _load(var.signing_key, closed_to=0o077)


def is_signed(public: str, signature: bytes, message: bytes) -> bool:
    """Whether a signature of a message was made with the private half of a key."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(signature, message)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def public_of(pem: bytes) -> str | None:
    """The name of the key in a public PEM file; None where there is none of the right kind."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return key.public_bytes_raw().hex() if isinstance(key, Ed25519PublicKey) else None


def _load(path: Path, closed_to: int) -> Signer:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        is_open = path.stat().st_mode & closed_to
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        raise _unusable(path, "ist nicht lesbar", "cannot be read") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise _unusable(path, "ist kein Ed25519-Schlüssel", "is no Ed25519 key")
    if is_open:
        raise _unusable(path, "ist für andere lesbar", "can be read by others")
    return Signer(key.public_key().public_bytes_raw().hex(), key)


def _make(path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.parent.chmod(0o700)
    partial = partial_name(path)
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(pem)
        handle.flush()
        os.fsync(handle.fileno())
    partial.replace(path)
    sync_folder(path.parent)


def _unusable(path: Path, what_de: str, what_en: str) -> SigningError:
    return SigningError(
        Reason(
            de=f"Der Schlüssel zum Unterschreiben, {path}, {what_de}; ohne Unterschrift wird nichts festgehalten.",
            en=f"The signing key, {path}, {what_en}; nothing is recorded unsigned.",
            remedy_de=f"Legen Sie den Schlüssel dort ab, als PEM ohne Kennwort und nur für Sie lesbar (chmod 600), oder "
            f"prüfen Sie {VARIABLE}.",
            remedy_en=f"Put the key there, as PEM without a password and readable by you alone (chmod 600), or check "
            f"{VARIABLE}.",
            file=path.name,
            rule="signing_key",
        )
    )
