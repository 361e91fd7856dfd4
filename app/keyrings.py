"""The secrets of an installation, read from the environment; those of development, which anyone can
work out, are refused in production."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from app import environment
from app.environment import SettingsError

KEY_BYTES = 32
VERSIONS = range(1, 256)  # a sealed value begins with its key's version, in one byte


@dataclass(frozen=True, slots=True)
class KekRing:
    """Master keys of 32 bytes by version (1–255). Version `wraps` wraps new data keys, the others
    only open what they wrapped."""

    keys: Mapping[int, bytes] = field(repr=False)
    wraps: int


@dataclass(frozen=True, slots=True)
class KekRings:
    """The master keys: `vault` for S4 facts, `data` for everything else."""

    data: KekRing
    vault: KekRing


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets behind sealing, blind indexes, the event chain and sign-in tokens.

    `keks` are the master keys, or `package.module:name` of what makes the key module that holds
    them instead. `token_pem` is an EC P-256 private key (PKCS 8); `letter_pem` one or more, with
    which letters from phones are opened: the first is the one that phones are told.
    """

    keks: KekRings | str
    index: bytes = field(repr=False)
    chain: bytes = field(repr=False)
    token_pem: str = field(repr=False)
    letter_pem: str = field(repr=False)


def read_keys(env: Mapping[str, str], *, production: bool) -> Keys:
    spare = development_keys()
    keys = Keys(
        keks=_keks(env),
        index=_key(env, "ANLAN_INDEX_KEY") or spare.index,
        chain=_key(env, "ANLAN_CHAIN_KEY") or spare.chain,
        token_pem=pem_key(env, "ANLAN_TOKEN_KEY") or spare.token_pem,
        letter_pem=_letter_keys(env, "ANLAN_LETTER_KEYS") or spare.letter_pem,
    )
    if production:
        _refuse_development_keys(keys, spare)
    return keys


def _keks(env: Mapping[str, str]) -> KekRings | str:
    data, vault = _key_ring(env, "ANLAN_DATA_KEYS"), _key_ring(env, "ANLAN_VAULT_KEYS")
    module = environment.value(env, "ANLAN_KEY_MODULE")
    if module is None:
        spare = _development_rings()
        return KekRings(data or spare.data, vault or spare.vault)
    if data or vault:
        chinese = "主密钥由密码机保管时，不得再设置 ANLAN_DATA_KEYS、ANLAN_VAULT_KEYS"
        raise environment.wrong(
            "ANLAN_KEY_MODULE", chinese, "the master keys are in the key module only"
        )
    return module


def _refuse_development_keys(keys: Keys, spare: Keys) -> None:
    spared = _development_rings()
    rings = keys.keks if isinstance(keys.keks, KekRings) else None
    known = {*spared.data.keys.values(), *spared.vault.keys.values(), spare.index, spare.chain}
    secrets = {
        "ANLAN_DATA_KEYS": list(rings.data.keys.values()) if rings else [],
        "ANLAN_VAULT_KEYS": list(rings.vault.keys.values()) if rings else [],
        "ANLAN_INDEX_KEY": [keys.index],
        "ANLAN_CHAIN_KEY": [keys.chain],
    }
    wrong = [name for name, values in secrets.items() if not known.isdisjoint(values)]
    if keys.token_pem == spare.token_pem:
        wrong.append("ANLAN_TOKEN_KEY")
    if spare.letter_pem.strip() in keys.letter_pem:
        wrong.append("ANLAN_LETTER_KEYS")
    if wrong:
        raise refused_in_production(wrong)
    every = [value for values in secrets.values() for value in values]
    if len(set(every)) != len(every):
        raise SettingsError(
            "各项密钥不得相同：" + "、".join(secrets),
            "the same key must not serve two purposes",
        )


def refused_in_production(names: list[str]) -> SettingsError:
    return SettingsError(
        f"生产环境不得使用开发密钥，请设置：{'、'.join(names)}",
        f"development keys are refused in production; set {', '.join(names)}",
    )


@lru_cache(maxsize=1)
def development_keys() -> Keys:
    """Keys that anyone can work out, the same on every machine; refused in production."""
    return Keys(
        keks=_development_rings(),
        index=_spare("index"),
        chain=_spare("chain"),
        token_pem=spare_pem("token"),
        letter_pem=spare_pem("letter"),
    )


def _development_rings() -> KekRings:
    return KekRings(KekRing({1: _spare("data")}, 1), KekRing({1: _spare("vault")}, 1))


def _spare(name: str) -> bytes:
    return hashlib.sha256(f"anlan development key: {name}".encode()).digest()


def spare_pem(name: str) -> str:
    return _pem(ec.derive_private_key(int.from_bytes(_spare(name)[:-1]), ec.SECP256R1()))


def _key_ring(env: Mapping[str, str], name: str) -> KekRing | None:
    """A versioned set of master keys from JSON: `{"1": "<base64 of 32 bytes>"}`. With the member
    "wraps" another version than the highest wraps new keys."""
    value = environment.value(env, name)
    if value is None:
        return None
    try:
        given = json.loads(value)
        wraps = given.pop("wraps", None)
        keys = {int(version): _decode(text) for version, text in given.items()}
    except (ValueError, TypeError, AttributeError):
        wraps, keys = None, {}
    ring = KekRing(keys, max(keys, default=0) if wraps is None else wraps)
    if ring.wraps not in keys or not all(version in VERSIONS for version in keys):
        raise environment.wrong(
            name,
            '须为 JSON，形如 {"1": "32 字节的 base64"}，版本号 1–255，"wraps" 须是其中之一',
            'JSON like {"1": "<base64 of 32 bytes>"}, versions 1-255, "wraps" one of them',
        )
    return ring


def _key(env: Mapping[str, str], name: str) -> bytes | None:
    value = environment.value(env, name)
    if value is None:
        return None
    try:
        return _decode(value)
    except ValueError as error:
        raise environment.wrong(name, "须为 32 字节的 base64", "base64 of 32 bytes") from error


def _decode(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if len(key) != KEY_BYTES:
        raise ValueError("not 32 bytes")
    return key


def pem_key(env: Mapping[str, str], name: str) -> str | None:
    value = environment.value(env, name)
    return None if value is None else _private_key(name, value)


def _letter_keys(env: Mapping[str, str], name: str) -> str | None:
    """One or more keys, one PEM block after the other."""
    value = environment.value(env, name)
    if value is None:
        return None
    blocks = [f"-----BEGIN {block}" for block in value.split("-----BEGIN ")[1:]]
    return "".join(_private_key(name, block) for block in blocks or [value])


def _private_key(name: str, pem: str) -> str:
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise environment.wrong(
            name, "须为未加密的 EC P-256 私钥（PEM）", "an EC P-256 private key (PEM)"
        )
    return _pem(key)


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
