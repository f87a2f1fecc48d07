"""A runbook in the channel: one message, a box for each step, redrawn when somebody ticks one."""

from functools import partial

from sqlmodel import Session

from bot.domain import incidents, runbooks
from bot.domain.runbooks import Run, RunbookPosted, RunStep, StepTicked
from bot.lib.facts import Event, on
from bot.slack import cards, words
from bot.slack.blocks import Block, checkboxes, context, option, section
from bot.slack.calls import Json, SlackRefused
from bot.slack.desk import Desk
from bot.slack.model import RoomOpened, checklists_of, keep_checklist

MOST_STEPS, LONGEST = 45, 1500
DELETED = {"cant_update_message", "edit_window_closed", "message_not_found"}


class Checklists:
    """One ear, which folds; what was posted before there was a channel is posted when it opens."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @on(RoomOpened, RunbookPosted, StepTicked, name="checklists", folds=True)
    async def checklists(self, told: list[Event]) -> None:
        id = told[-1].incident_id
        drawn = await self.desk.do(f"{told[-1].key}/checklists", partial(self._draw, id))
        await self.desk.went_well(id, drawn)

    async def _draw(self, id: int) -> Json:
        room = await self.desk.room(id)
        if room is None or (channel := room.usable) is None:
            return {}
        looks = await self.desk.courier.ask(_looks, id)
        known = await self.desk.courier.ask(checklists_of, id)
        for run_id, message in looks.items():
            mark, row = cards.fingerprint(message), known.get(run_id)
            if row is None or row.shown != mark:
                ts = await self._show(channel, key_of(run_id), row.ts if row else None, message)
                await self.desk.courier.run(keep_checklist, id, run_id, ts, mark)
        return {}

    async def _show(self, channel: str, key: str, ts: str | None, message: Json) -> str:
        """Edited where it stands, else posted; looked up before, since an earlier try may have done it."""
        if ts is None and (found := await self.desk.find(channel, key)):
            ts = str(found["ts"])
        if ts is not None:
            try:
                await self.desk.write("chat.update", channel, ts=ts, **message)
                return ts
            except SlackRefused as refused:
                if refused.code not in DELETED:
                    raise
        return str((await self.desk.post(channel, key, **message))["ts"])


def key_of(run_id: int) -> str:
    return f"runbook/{run_id}"


def _looks(session: Session, id: int) -> dict[int, Json]:
    incident = incidents.get(session, id)
    runs = runbooks.runs(session, incident)
    return {run.id: {"text": _head(run), "blocks": look(session, incident.ref, run)} for run in runs}


def look(session: Session, ref: str, run: Run) -> list[Block]:
    """The checklist as it stands now."""
    blocks = [section(_head(run))]
    if about := [words.escape(part) for part in (run.outdated, run.owner and f"Owner: {run.owner}") if part]:
        blocks.append(context(*about))
    blocks += [_step(session, ref, run, step) for step in run.steps[:MOST_STEPS]]
    ends = (("Roll back", run.rollback), ("Stop when", run.stop))
    if told := [f"*{name}*  {words.escape(text)}" for name, text in ends if text]:
        blocks.append(section(words.shorten("\n".join(told), LONGEST)))
    return blocks


def _head(run: Run) -> str:
    done = sum(step.done for step in run.steps)
    return f"*Runbook: {words.escape(run.title)}* \u00b7 {done} of {len(run.steps)} steps done"


def _step(session: Session, ref: str, run: Run, step: RunStep) -> Block:
    text = f"{step.number}. {words.escape(step.text)}"
    if step.done and step.at:
        text = f"{text}  \u2713 {words.name(session, step.by)}, {words.clock_time(step.at)}"
    elif step.detail:
        text = f"{text}\n{words.escape(step.detail)}"
    box = option(f"{ref} {run.id} {step.number}", "Done")
    boxes = checkboxes("runbook.tick", [box], [box] if step.done else [])
    # Slack keeps what a viewer ticked while the block's id stays; with the state in it, all see the same.
    return section(words.shorten(text, LONGEST), boxes, id=f"{run.id}/{step.number}/{int(step.done)}")
