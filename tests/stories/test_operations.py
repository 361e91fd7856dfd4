"""What operators do by hand: migrations, the app's login, accounts, the API's definition."""

import asyncio
import json
import os
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app import cli, migrate
from app.config import SettingsError, get_settings, read_settings
from app.embedded import EmbeddedPostgres
from app.services.district import areas

SPARE = "spare"
"""A district of its own, so that nothing done here touches the other stories."""


@pytest.fixture
def spare(postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The owner's URL of an empty database, which the settings name."""
    postgres.psql("postgres", f"create database {SPARE}")
    monkeypatch.setenv("ANLAN_SCHEMA", SPARE)
    monkeypatch.setenv("OWNER_DATABASE_URL", postgres.dsn(SPARE))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    get_settings.cache_clear()
    yield postgres.dsn(SPARE)
    get_settings.cache_clear()
    postgres.psql("postgres", f"drop database {SPARE}")


def anlan(*arguments: str, secret: str | None = None) -> Result:
    return CliRunner().invoke(cli.app, arguments, env={"ANLAN_NEW_PASSWORD": secret})


def refusal(result: Result) -> str:
    """The one line of a command that failed as expected."""
    assert result.exit_code == 1, result.output
    line: str = result.stderr.strip()
    assert "\n" not in line
    return line


def test_the_tables_are_what_the_models_say_and_go_back_and_forth(spare: str) -> None:
    migrate.upgrade(spare)
    migrate.check(spare)
    migrate.downgrade(spare, "base")
    migrate.upgrade(spare)
    migrate.check(spare)


def test_an_empty_database_is_made_ready_and_its_first_account_made(spare: str) -> None:
    for _ in range(2):
        assert anlan("migrate").exit_code == 0
    create = ("admin", "create", "first", "--name", "张三")
    assert "12" in refusal(anlan(*create, secret="short"))
    assert anlan(*create, secret="long enough for one").exit_code == 0
    assert "first" in refusal(anlan(*create, secret="long enough for one"))
    assert anlan("admin", "grant", "first", "--grant", "police:441802103000").exit_code == 0
    assert "police:44" in refusal(anlan("admin", "grant", "first", "--grant", "police:44"))
    assert anlan("admin", "disable", "first").exit_code == 0
    assert "second" in refusal(anlan("admin", "disable", "second"))


def test_a_list_of_areas_is_imported_or_refused_in_one_line(spare: str, tmp_path: Path) -> None:
    assert anlan("migrate").exit_code == 0
    shorter = tmp_path / "areas.csv"
    shorter.write_text("code,name,level,parent\n441802,清城区,3,4418\n", "utf-8")
    begin = ("areas", "import", str(shorter), "--since", "2026-03-01")
    assert "0 opened, 0 changed, 176 closed" in anlan(*begin).stderr
    assert "0 opened, 0 changed, 0 closed" in anlan(*begin).stderr
    again = ("areas", "import", str(areas.SHIPPED), "--since")
    assert "2026-02-28" in refusal(anlan(*again, "2026-02-28"))
    assert "176 opened, 0 changed, 0 closed" in anlan(*again, "2026-03-02").stderr
    assert "missing.csv" in refusal(anlan("areas", "import", str(tmp_path / "missing.csv")))


def test_the_app_signs_in_with_the_password_of_its_own_url_only(
    spare: str, postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate.upgrade(spare)
    url = spare.replace("postgres@", f"{SPARE}_app:p%40ss w%C3%B6rd@")
    environment = {"ANLAN_SCHEMA": SPARE, "DATABASE_URL": url}
    # PostgreSQL itself makes the secret of the same password; with its salt ours must be the same.
    postgres.psql("postgres", f"alter role {SPARE}_app password 'p@ss wörd'")
    stored = "select rolpassword from pg_authid where rolname = 'spare_app'"
    expected = postgres.psql("postgres", stored).strip()
    salt = b64decode(expected.split("$")[1].split(":")[1])
    monkeypatch.setattr(os, "urandom", lambda _: salt)
    postgres.psql("postgres", f"alter role {SPARE}_app password null")
    asyncio.run(migrate.set_logins(spare, read_settings(environment)))
    assert postgres.psql("postgres", stored).strip() == expected
    with pytest.raises(SettingsError, match=f"{SPARE}_app"):
        asyncio.run(migrate.set_logins(spare, read_settings(environment | {"DATABASE_URL": spare})))


def test_what_cannot_be_reached_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWNER_DATABASE_URL", "postgresql://a:secret@127.0.0.1:1/none")
    get_settings.cache_clear()
    try:
        line = refusal(anlan("migrate"))
    finally:
        get_settings.cache_clear()
    assert "cannot connect" in line
    assert "secret" not in line


def test_the_definition_of_the_api_is_the_same_every_time() -> None:
    first, second = anlan("openapi"), anlan("openapi")
    assert first.stdout == second.stdout
    assert list(json.loads(first.stdout)["paths"])
    assert "/api/v1/auth/login" in first.stdout
