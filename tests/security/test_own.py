"""What is an account's own in the database: devices, recovery codes, second factors, sessions."""

from sqlalchemy.ext.asyncio import AsyncEngine

from app.access import as_account
from app.db import transaction
from tests.conftest import Client, step_up
from tests.security.test_walls import OWN, seen


async def test_what_is_an_accounts_own_is_hers_alone(client: Client, engine: AsyncEngine) -> None:
    police, court = await client("police"), await client("court")
    await step_up(police)
    for asks, finds in ((police, True), (court, False)):
        account_id = (await asks.get("/me")).json()["id"]
        async with transaction(engine, as_account(account_id)) as connection:
            for table in OWN:
                owners = {row.account_id for row in await seen(connection, table)}
                assert owners <= {account_id}, table
                if table in ("recovery_code", "second_factor"):
                    assert bool(owners) == finds, table
