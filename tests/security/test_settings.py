"""Settings come from the environment or files; production takes no key that anyone can work out."""

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy.ext.asyncio import AsyncEngine

from app.config import QINGCHENG, SettingsError, read_settings, read_worker_settings
from app.keyrings import KekRing, KekRings, development_keys
from app.main import create_app


def base64_key(byte: int) -> str:
    return base64.b64encode(bytes([byte]) * 32).decode()


def pem() -> str:
    made = ec.generate_private_key(ec.SECP256R1())
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def production() -> dict[str, str]:
    return {
        "ANLAN_ENV": "production",
        "DATABASE_URL": "postgresql://anlan_app@db/anlan",
        "ANLAN_ORIGIN": "https://anlan.example",
        "ANLAN_DATA_KEYS": json.dumps({"1": base64_key(1), "2": base64_key(2)}),
        "ANLAN_VAULT_KEYS": json.dumps({"1": base64_key(3)}),
        "ANLAN_INDEX_KEY": base64_key(4),
        "ANLAN_CHAIN_KEY": base64_key(5),
        "ANLAN_TOKEN_KEY": pem(),
        "ANLAN_LETTER_KEYS": pem() + pem(),
    }


def test_nothing_set_is_a_development_machine() -> None:
    settings = read_settings({})
    assert not settings.production
    assert (settings.host, settings.port, settings.schema) == ("127.0.0.1", 8000, "d441802")
    assert settings.district == QINGCHENG
    assert settings.keys == development_keys()


def test_production_starts_with_its_own_keys() -> None:
    settings = read_settings(production())
    assert settings.production
    assert isinstance(settings.keys.keks, KekRings)
    assert settings.keys.keks.data == KekRing({1: b"\1" * 32, 2: b"\2" * 32}, 2)
    assert settings.keys.chain == b"\5" * 32


@pytest.mark.parametrize(
    "name",
    [
        "DATABASE_URL",
        "ANLAN_ORIGIN",
        "ANLAN_DATA_KEYS",
        "ANLAN_VAULT_KEYS",
        "ANLAN_INDEX_KEY",
        "ANLAN_CHAIN_KEY",
        "ANLAN_TOKEN_KEY",
        "ANLAN_LETTER_KEYS",
    ],
)
def test_production_lacking_one_secret_is_refused(name: str) -> None:
    env = production()
    del env[name]
    with pytest.raises(SettingsError, match=name) as refusal:
        read_settings(env)
    assert "生产环境" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_production_given_the_development_keys_is_refused() -> None:
    keys = development_keys()
    assert isinstance(keys.keks, KekRings)
    given = {
        "ANLAN_DATA_KEYS": json.dumps({"7": base64.b64encode(keys.keks.vault.keys[1]).decode()}),
        "ANLAN_INDEX_KEY": base64.b64encode(keys.chain).decode(),
        "ANLAN_TOKEN_KEY": keys.token_pem,
        "ANLAN_LETTER_KEYS": keys.letter_pem,
    }
    for name, value in given.items():
        with pytest.raises(SettingsError, match=f"不得使用开发密钥，请设置：{name} "):
            read_settings(production() | {name: value})


def test_a_new_version_may_open_before_it_wraps() -> None:
    given = {"1": base64_key(1), "2": base64_key(2)}
    for ring, wraps in ((given, 2), (given | {"wraps": 1}, 1)):
        found = read_settings({"ANLAN_VAULT_KEYS": json.dumps(ring)}).keys.keks
        assert isinstance(found, KekRings)
        assert found.vault == KekRing({1: b"\1" * 32, 2: b"\2" * 32}, wraps)


def test_master_keys_are_in_the_key_module_or_in_the_settings() -> None:
    module = {"ANLAN_KEY_MODULE": "vendor.cards:first"}
    assert read_settings(module).keys.keks == "vendor.cards:first"
    with pytest.raises(SettingsError, match="ANLAN_KEY_MODULE"):
        read_settings(module | {"ANLAN_DATA_KEYS": json.dumps({"1": base64_key(1)})})


def test_one_key_for_two_purposes_is_refused() -> None:
    with pytest.raises(SettingsError, match="不得相同"):
        read_settings(production() | {"ANLAN_CHAIN_KEY": base64_key(4)})


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "index_key"
    file.write_text(base64_key(9) + "\n")
    assert read_settings({"ANLAN_INDEX_KEY_FILE": str(file)}).keys.index == b"\x09" * 32
    with pytest.raises(SettingsError, match="无法读取"):
        read_settings({"ANLAN_INDEX_KEY_FILE": str(tmp_path / "none")})
    with pytest.raises(SettingsError, match="只能设置一个"):
        read_settings({"ANLAN_INDEX_KEY": base64_key(9), "ANLAN_INDEX_KEY_FILE": str(file)})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ANLAN_ENV", "staging"),
        ("ANLAN_SCHEMA", 'd"; drop schema public'),
        ("PORT", "http"),
        ("ANLAN_ORIGIN", "https://anlan.example/"),
        ("ANLAN_DATA_KEYS", "{}"),
        ("ANLAN_DATA_KEYS", json.dumps({"256": base64_key(1)})),
        ("ANLAN_DATA_KEYS", json.dumps({"1": base64_key(1), "wraps": 2})),
        ("ANLAN_DATA_KEYS", json.dumps({"wraps": 1})),
        ("ANLAN_ALGORITHM", "des"),
        ("ANLAN_VAULT_KEYS", json.dumps({"1": "short"})),
        ("ANLAN_CHAIN_KEY", base64.b64encode(b"short").decode()),
        ("ANLAN_TOKEN_KEY", "-----BEGIN NOTHING-----"),
        ("ANLAN_LETTER_KEYS", "-----BEGIN NOTHING-----"),
        ("ANLAN_LETTER_KEYS", "no key at all"),
    ],
)
def test_a_wrong_value_is_named_and_not_shown(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as refusal:
        read_settings({name: value})
    assert value not in str(refusal.value)


def test_people_and_partners_reach_production_by_tls_only() -> None:
    assert read_settings({"PORT": "8010"}).origin == "http://127.0.0.1:8010"
    assert read_settings(production()).origin == "https://anlan.example"
    with pytest.raises(SettingsError, match="ANLAN_ORIGIN"):
        read_settings(production() | {"ANLAN_ORIGIN": "http://anlan.example"})


def test_settings_do_not_show_their_secrets() -> None:
    settings = read_settings(production())
    shown = repr(settings)
    assert "anlan_app" not in shown
    assert "PRIVATE KEY" not in shown
    assert repr(b"\1" * 32) not in shown


async def test_the_app_refuses_to_run_as_somebody_who_sees_past_the_walls(
    owner_engine: AsyncEngine,
) -> None:
    app = create_app(engine=owner_engine)
    with pytest.raises(SettingsError, match="应用角色"):
        async with app.router.lifespan_context(app):
            pass


def worker() -> dict[str, str]:
    return {
        "ANLAN_ENV": "production",
        "WORKER_DATABASE_URL": "postgresql://d441802_worker@db/anlan",
        "ANLAN_ANCHORS": "/mnt/anchors/anlan.jsonl",
        "ANLAN_SEAL_KEY": production()["ANLAN_TOKEN_KEY"],
    }


def test_the_worker_needs_no_key_that_opens_anything() -> None:
    settings = read_worker_settings(worker())
    assert settings.anchors == Path("/mnt/anchors/anlan.jsonl")
    assert "PRIVATE KEY" not in repr(settings)


@pytest.mark.parametrize("name", ["WORKER_DATABASE_URL", "ANLAN_ANCHORS", "ANLAN_SEAL_KEY"])
def test_a_worker_in_production_lacking_something_is_refused(name: str) -> None:
    env = worker()
    del env[name]
    with pytest.raises(SettingsError, match=name):
        read_worker_settings(env)


def test_a_worker_in_production_does_not_sign_with_the_development_key() -> None:
    spare = read_worker_settings({}).seal_pem
    with pytest.raises(SettingsError, match="ANLAN_SEAL_KEY"):
        read_worker_settings(worker() | {"ANLAN_SEAL_KEY": spare})
