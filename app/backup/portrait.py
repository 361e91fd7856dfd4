"""What a database holds, in a few lines: two with the same portrait hold the same."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class Portrait:
    """Of each table the number of rows and a digest of them, in whatever order; of the schema
    every wall: row-level security, policies, rights on tables, columns, functions, sequences."""

    tables: Mapping[str, tuple[int, str]]
    walls: tuple[str, ...]

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        tables = {name: (rows, digest) for name, (rows, digest) in stored["tables"].items()}
        return cls(tables, tuple(stored["walls"]))

    def stored(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def rows(self) -> int:
        return sum(rows for rows, _ in self.tables.values())

    def differences(self, other: "Portrait") -> list[str]:
        """What is not the same in the other: names of tables, walls."""
        names = sorted({*self.tables, *other.tables})
        tables = [name for name in names if self.tables.get(name) != other.tables.get(name)]
        return tables + sorted(set(self.walls) ^ set(other.walls))


Told = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and of how much (0: nobody knows)."""


async def portray(connection: AsyncConnection, told: Told) -> Portrait:
    """The portrait of the schema in the search path, as this transaction sees it."""
    names = list((await connection.execute(_TABLES)).scalars())
    tables: dict[str, tuple[int, str]] = {}
    for number, name in enumerate(names):
        told("digests", number, len(names))
        asked = text(_DIGEST.format(name))  # a name from the catalogue, quoted by it
        row = (await connection.execute(asked)).one()
        tables[name] = (row.rows, row.digest)
    told("digests", len(names), len(names))
    walls = (await connection.execute(_WALLS)).scalars()
    return Portrait(tables, tuple(walls))


_TABLES = text(
    "select quote_ident(relname) from pg_class"
    " where relnamespace = current_schema()::regnamespace and relkind = 'r' order by 1"
)
_DIGEST = (
    "select count(*) as rows,"
    " coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text || '.'"
    " || coalesce(sum(hashtextextended(t::text, 1)::numeric), 0)::text as digest from {} t"
)
_WALLS = text("""
with relations as (
    select c.oid, c.relname, c.relkind, c.relowner, c.relacl, c.relrowsecurity,
        c.relforcerowsecurity, c.reloptions
    from pg_class c
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'v', 'm', 'S')
)
select concat_ws(' ', relkind, relname, pg_get_userbyid(relowner), relrowsecurity,
    relforcerowsecurity, reloptions) from relations
union all
select concat_ws(' ', 'right', relname, pg_get_userbyid(a.grantee), a.privilege_type)
from relations, aclexplode(coalesce(relacl,
    acldefault(case relkind when 'S' then 's'::"char" else 'r'::"char" end, relowner))) a
union all
select concat_ws(' ', 'column', relname, t.attname, pg_get_userbyid(a.grantee), a.privilege_type)
from relations r join pg_attribute t on t.attrelid = r.oid and t.attacl is not null,
    aclexplode(t.attacl) a
union all
select concat_ws(' ', 'policy', tablename, policyname, permissive, roles, cmd, qual, with_check)
from pg_policies where schemaname = current_schema()
union all
select concat_ws(' ', 'function', p.oid::regprocedure, pg_get_userbyid(p.proowner), p.prosecdef,
    p.proconfig, md5(p.prosrc), pg_get_userbyid(a.grantee), a.privilege_type)
from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
where p.pronamespace = current_schema()::regnamespace
union all
select concat_ws(' ', 'trigger', relname, t.tgname, t.tgenabled, md5(pg_get_triggerdef(t.oid)))
from relations r join pg_trigger t on t.tgrelid = r.oid and not t.tgisinternal
order by 1
""")
