"""The demo year in a terminal, and in a process of its own beside the server."""

import asyncio
import os
from dataclasses import replace
from datetime import datetime

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app import clock
from app.config import get_settings
from app.db import make_engine
from app.demo import Played, play
from app.demo.player import Progress as Told
from app.kinds import KINDS
from app.services.district import calendar

CONNECTIONS = 4
NICE = 10


def run(url: str, *, seed: int = 1, cases: int = 3000) -> Played:
    """Play the year in the database of the app's URL, with a progress bar, and say how it went."""
    say = Console(stderr=True, highlight=False)
    with Progress(
        TextColumn("演示年 / demo year {task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=say,
        transient=True,
    ) as bar:
        task = bar.add_task("", total=None)
        tenths = 0

        def progress(done: int, planned: int, moment: datetime) -> None:
            nonlocal tenths
            month = f"{clock.local_day(moment):%Y-%m}"
            bar.update(task, completed=done, total=planned, description=month)
            if not say.is_terminal and done * 10 // planned > tenths:
                tenths = done * 10 // planned
                say.print(f"… 演示年 / demo year {tenths * 10} %")

        played = asyncio.run(_play(url, seed, cases, progress))
    if played.done:
        say.print(
            f"[green]✓[/green] 演示年已载入：{played.planned} 次办理"
            f" / demo year loaded: {played.planned} actions"
        )
    for step, error in played.refused:
        say.print(f"[yellow]![/yellow] {step.kind}/{step.name}: {error.detail} / {error.type}")
    return played


async def _play(url: str, seed: int, cases: int, progress: Told) -> Played:
    engine = make_engine(url, replace(get_settings(), pool_size=CONNECTIONS))
    try:
        holidays = await calendar.load(engine)
        return await play(engine, KINDS, holidays, seed=seed, cases=cases, progress=progress)
    finally:
        await engine.dispose()


def run_politely(url: str) -> None:
    """`run` beside a server, which comes first."""
    os.nice(NICE)
    run(url)
