"""Settings: read once from the environment; every NAME may also come from the file in NAME_FILE."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast, get_args

from app import environment, keyrings
from app.environment import SettingsError as SettingsError
from app.keyrings import Keys

QINGCHENG = 441802000000

Algorithm = Literal["aes-256-gcm", "sm4-gcm"]
ALGORITHMS: tuple[Algorithm, ...] = get_args(Algorithm)


SECOND_FACTOR_FOR = ("nobody", "sensitive", "everybody")
"""Who must have a second factor; in the middle: who reads S3, and administrators."""

PASSWORD_RULES = ("nist", "dengbao")

LEAST_YEARS = 3
"""网络数据安全管理条例 12: how long it is kept who was given what."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All that differs between one installation and another."""

    environment: Literal["development", "production"]
    schema: str
    district: int
    data: Path
    host: str
    port: int
    origin: str
    pool_size: int
    account_rate: int
    address_rate: int
    proxies: str
    backup_recipients: tuple[str, ...]
    database_url: str | None = field(repr=False)
    owner_database_url: str | None = field(repr=False)
    worker_database_url: str | None = field(repr=False)
    algorithm: Algorithm
    reveals_per_hour: int
    keys: Keys
    second_factor: str
    passwords: str
    password_days: int

    @property
    def production(self) -> bool:
        """True where real cases are kept."""
        return self.environment == "production"

    @property
    def secure(self) -> bool:
        """Whether browsers come over TLS, so that cookies may demand it."""
        return self.origin.startswith("https://")


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """What the worker needs, and nothing else: it holds no key that opens anything.

    `seal_pem` is an EC P-256 private key (PKCS 8), `anchors` the file of seals outside the
    database, `record_years` how long looks and entries are kept.
    """

    schema: str
    pool_size: int
    database_url: str | None = field(repr=False)
    anchors: Path
    seal_pem: str = field(repr=False)
    record_years: int


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process; raises SettingsError when they are wrong."""
    return read_settings(os.environ)


def read_settings(env: Mapping[str, str]) -> Settings:
    """Settings from a mapping like `os.environ`; SettingsError names the first wrong one."""
    kind, schema = _environment(env), _schema(env)
    algorithm = environment.value(env, "ANLAN_ALGORITHM") or "aes-256-gcm"
    if algorithm not in ALGORITHMS:
        raise environment.wrong(
            "ANLAN_ALGORITHM", "只能是 aes-256-gcm 或 sm4-gcm", " or ".join(ALGORITHMS)
        )
    production = kind == "production"
    database_url = environment.value(env, "DATABASE_URL")
    if production and database_url is None:
        raise environment.missing("DATABASE_URL")
    port = environment.number(env, "PORT", 8000)
    return Settings(
        environment=kind,
        schema=schema,
        district=environment.number(env, "ANLAN_DISTRICT", QINGCHENG),
        data=_data(env),
        host=environment.value(env, "ANLAN_HOST") or "127.0.0.1",
        port=port,
        origin=_origin(env, port, production=production),
        pool_size=environment.number(env, "ANLAN_POOL_SIZE", 6),
        account_rate=environment.number(env, "ANLAN_ACCOUNT_RATE", 20),
        address_rate=environment.number(env, "ANLAN_ADDRESS_RATE", 10),
        proxies=environment.value(env, "ANLAN_PROXIES") or "127.0.0.1",
        backup_recipients=tuple((environment.value(env, "ANLAN_BACKUP_RECIPIENTS") or "").split()),
        database_url=database_url,
        owner_database_url=environment.value(env, "OWNER_DATABASE_URL"),
        worker_database_url=environment.value(env, "WORKER_DATABASE_URL"),
        algorithm=algorithm,
        reveals_per_hour=environment.number(env, "ANLAN_REVEALS_PER_HOUR", 20),
        keys=keyrings.read_keys(env, production=production),
        second_factor=environment.one_of(
            env, "ANLAN_SECOND_FACTOR", SECOND_FACTOR_FOR, int(production)
        ),
        passwords=environment.one_of(env, "ANLAN_PASSWORDS", PASSWORD_RULES),
        password_days=environment.number(env, "ANLAN_PASSWORD_DAYS", 90),
    )


def read_worker_settings(env: Mapping[str, str]) -> WorkerSettings:
    """As `read_settings`, for the worker. In production every one of them must be set."""
    production = _environment(env) == "production"
    spare = keyrings.spare_pem("seal")
    found = {
        "WORKER_DATABASE_URL": environment.value(env, "WORKER_DATABASE_URL"),
        "ANLAN_ANCHORS": environment.value(env, "ANLAN_ANCHORS"),
        "ANLAN_SEAL_KEY": keyrings.pem_key(env, "ANLAN_SEAL_KEY"),
    }
    for name, value in found.items():
        if production and value is None:
            raise environment.missing(name)
    if production and found["ANLAN_SEAL_KEY"] == spare:
        raise keyrings.refused_in_production(["ANLAN_SEAL_KEY"])
    anchors = found["ANLAN_ANCHORS"]
    return WorkerSettings(
        schema=_schema(env),
        pool_size=1,
        database_url=found["WORKER_DATABASE_URL"],
        anchors=Path(anchors).resolve() if anchors else _data(env) / "anchors.jsonl",
        seal_pem=found["ANLAN_SEAL_KEY"] or spare,
        record_years=_record_years(env),
    )


def _record_years(env: Mapping[str, str]) -> int:
    years = environment.number(env, "ANLAN_RECORD_YEARS", LEAST_YEARS)
    if years < LEAST_YEARS:
        raise environment.wrong(
            "ANLAN_RECORD_YEARS", "审计记录至少保存 3 年（网数条例 12）", "three at least"
        )
    return years


def _environment(env: Mapping[str, str]) -> Literal["development", "production"]:
    named = environment.value(env, "ANLAN_ENV") or "development"
    if named not in ("development", "production"):
        raise environment.wrong(
            "ANLAN_ENV", "只能是 development 或 production", "development or production"
        )
    return cast(Literal["development", "production"], named)


def _schema(env: Mapping[str, str]) -> str:
    schema = environment.value(env, "ANLAN_SCHEMA") or "d441802"
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", schema):
        raise environment.wrong(
            "ANLAN_SCHEMA", "须为小写字母、数字和下划线", "lower-case letters, digits, _"
        )
    return schema


def _data(env: Mapping[str, str]) -> Path:
    return Path(environment.value(env, "ANLAN_DATA") or "var").resolve()


def _origin(env: Mapping[str, str], port: int, *, production: bool) -> str:
    """Scheme and host under which people and partners reach the system; nothing after the host."""
    value = environment.value(env, "ANLAN_ORIGIN")
    if value is None:
        if production:
            raise environment.missing("ANLAN_ORIGIN")
        return f"http://127.0.0.1:{port}"
    secure = "https" if production else "https?"
    if not re.fullmatch(rf"{secure}://[a-z0-9.-]+(:[0-9]{{1,5}})?", value):
        raise environment.wrong(
            "ANLAN_ORIGIN", "形如 https://anlan.example.gov.cn", "like https://host"
        )
    return value
