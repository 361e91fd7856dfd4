"""The processes that answer requests. The app is made once and they are forked from it, so that
what it is made of lies in memory once, however many they are."""

import logging
import socket
import sys
import time
from contextlib import suppress
from multiprocessing import connection
from typing import Final

import uvicorn
from uvicorn.config import STARTUP_FAILURE

from app import logs, posix
from app.config import Settings
from app.main import create_app

BREATH: Final = 1.0
"""Seconds before a process that ended is replaced: one that cannot live must not keep us busy."""

log = logging.getLogger("anlan.serve")


def serve(settings: Settings, processes: int) -> None:
    """Answer requests until we are told to end. A process that dies is replaced; if one cannot
    start at all, SystemExit."""
    config = configured(settings)
    with suppress(KeyboardInterrupt):
        if processes == 1:
            uvicorn.Server(config).run()
        else:
            _supervise(config, processes)


def configured(settings: Settings) -> uvicorn.Config:
    """How the server is set up. What a request says of where it came from is believed of the
    configured proxies only."""
    return uvicorn.Config(
        create_app,
        factory=True,
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_config=dict(logs.CONFIG),
        server_header=False,
        forwarded_allow_ips=settings.proxies,
        timeout_graceful_shutdown=30,
    )


def _supervise(config: uvicorn.Config, processes: int) -> None:
    listening = config.bind_socket()
    config.load()
    running = {posix.fork(_answer, config, listening) for _ in range(processes)}
    try:
        while True:
            connection.wait([process.sentinel for process in running])
            for ended in [process for process in running if not process.is_alive()]:
                if ended.exitcode == STARTUP_FAILURE:
                    sys.exit(STARTUP_FAILURE)
                log.warning("process %s ended (%s)", ended.pid, ended.exitcode)
                time.sleep(BREATH)
                running ^= {ended, posix.fork(_answer, config, listening)}
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.join()


def _answer(config: uvicorn.Config, listening: socket.socket) -> None:
    uvicorn.Server(config).run([listening])
