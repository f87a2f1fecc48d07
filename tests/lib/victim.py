"""A process to be killed: it carries facts to a far end that is a file."""

import asyncio
import os
import random
import sys
from pathlib import Path

from bot.lib import db
from bot.lib.courier import Courier
from bot.lib.effects import Door, effect
from bot.lib.errors import DeliveryError
from bot.lib.facts import on, record
from tests.lib.saying import NOON, Said, Sang, listening

URL, FILE, MODE = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
DOOR = Door("File", first_wait=0.01)


@on(Said, name="room", folds=True)
async def room(events) -> None:
    line = f"{events[0].incident_id} " + ",".join(str(event.id) for event in events)
    await effect(DOOR, f"{events[0].key}/room", lambda: post(line), lambda: seek(line))


async def post(line: str) -> dict:
    await asyncio.sleep(random.uniform(0, 0.01))
    append(line)
    if MODE == "hang":
        await asyncio.Event().wait()
    await asyncio.sleep(random.uniform(0, 0.01))
    if random.random() < 0.1:
        raise DeliveryError("the answer was lost")
    return {"line": line}


async def seek(line: str) -> dict | None:
    return {"line": line} if line in FILE.read_text().splitlines() else None


def append(line: str) -> None:
    handle = os.open(FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(handle, f"{line}\n".encode())
    os.close(handle)


@on(Said, name="echo")
def echo(session, fact) -> None:
    """Exactly once: each Said leaves one Sang."""
    record(session, Sang(incident_id=fact.incident_id, by=1), at=NOON)


async def live() -> None:
    courier = Courier(db.open_engine(URL), listening(room, echo), sweep_every=0.4)
    await courier.open()
    append(f"# {os.getpid()} is up")
    await asyncio.Event().wait()


asyncio.run(live())
