"""The real application on a free port of this machine, for those who ask it over the network: the browser and the API tester."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn

from tests.applications import application
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings


@asynccontextmanager
async def served(settings: Settings, clock: FixedClock) -> AsyncIterator[str]:
    """The address under which the application answers while the block runs."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(application(settings, clock), log_level="warning", ws="none", http="h11", lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listening.close()
