"""`python -m examples.partner_client`: make a key; send a paper; read what moved."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from examples.partner_client import keys, papers
from examples.partner_client.client import Partner

PAPERS: Mapping[str, tuple[str, Callable[[int, str], dict[str, Any]]]] = {
    "warning": ("police/warnings", papers.warning),
    "order": ("court/orders", papers.order),
}


def main(given: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="partner_client", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("make-key")
    make.add_argument("--private", type=Path, default=Path("private.pem"))
    make.add_argument("--public", type=Path, default=Path("public.pem"))
    push = commands.add_parser("push")
    push.add_argument("paper", choices=PAPERS)
    push.add_argument("--area", type=int, required=True)
    push.add_argument("--number", required=True)
    changes = commands.add_parser("changes")
    changes.add_argument("--cursor", type=Path, default=Path("cursor.txt"))
    for calling in (push, changes):
        calling.add_argument("--origin", default="http://127.0.0.1:8000")
        calling.add_argument("--client-id", required=True)
        calling.add_argument("--private", type=Path, default=Path("private.pem"))
        calling.add_argument("--operator", required=True)
        calling.add_argument("--purpose")
    asked = parser.parse_args(given)
    if asked.command == "make-key":
        print(keys.make(asked.private, asked.public))
        return
    pem = asked.private.read_text(encoding="ascii")
    with Partner(
        asked.origin, asked.client_id, pem, operator=asked.operator, purpose=asked.purpose
    ) as partner:
        if asked.command == "push":
            path, made = PAPERS[asked.paper]
            _show(partner.push(path, made(asked.area, asked.number)))
        else:
            _follow(partner, asked.cursor)


def _follow(partner: Partner, cursor: Path) -> None:
    """Show what moved since the cursor in the file, and put the new one there."""
    after = cursor.read_text(encoding="ascii") if cursor.exists() else None
    for items, following in partner.changes(after):
        for item in items:
            _show(item)
        cursor.write_text(following or "", encoding="ascii")


def _show(value: Mapping[str, Any]) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
