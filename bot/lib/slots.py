"""Work that a clock asks for: one run for each slot, however many clocks strike it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from dbos import DBOS, SetWorkflowID

from bot.lib import runtime
from bot.lib.effects import repeated

Job = Callable[[datetime], Awaitable[Any]]
jobs: dict[str, Job] = {}


def slot_id(job: str, at: datetime) -> str:
    """What the run of this slot is called; whoever comes second starts nothing."""
    return f"{job}:{at:%Y-%m-%dT%H:%M}"


async def strike(job: str, at: datetime) -> None:
    """The clock struck: start the run of that slot, unless someone has."""
    with SetWorkflowID(slot_id(job, at)):
        await DBOS.start_workflow_async(run_slot, job, at.isoformat(), runtime.courier().life)


@DBOS.workflow(name="slot", max_recovery_attempts=None)
async def run_slot(job: str, at: str, life: str) -> None:
    """A job acts through `effect` with keys made of its slot, so that a repeated run repeats nothing."""
    repeated.set(life != runtime.courier().life)
    await jobs[job](datetime.fromisoformat(at))
