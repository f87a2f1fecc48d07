"""Running what a person asked for, and how its answer reaches them: in the acknowledgement, or behind it."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from slack_bolt import BoltResponse
from sqlalchemy.exc import IntegrityError

from bot.lib.clock import Clock
from bot.lib.courier import Courier
from bot.lib.errors import DeliveryError, Refused
from bot.slack.blocks import METADATA, message, said
from bot.slack.calls import Slack
from bot.slack.commands import Reply
from bot.slack.forms import View, told
from bot.slack.words import SOMEONE, escape

log = logging.getLogger(__name__)
Outcome = Reply | Refused
# Slack waits three seconds; the rest is for the way back.
PATIENCE, OPENING = 1.5, 2.5
HASTE = 0.05  # while webhooks pour in, and every verb takes long
WORKING = "Still working on it. The answer follows here."
TOO_LATE = "The form could not be opened in time. Say it once more."
# Behind an acknowledgement: for how long others go first, in seconds, and how many work then.
LULL, TURNS = 0.25, 2
AT_ONCE = 4  # as many as there are threads for them: whoever comes when they are taken is answered in turn
ENDING = 8.0
DONE = BoltResponse(status=200, body="")


class Broke(Refused):
    """We broke while doing that; it is in our log. Nothing was changed. Try it once more."""


class Replies:
    """One for the process. What outlives an acknowledgement is kept here until it is done."""

    def __init__(self, slack: Slack, courier: Courier, clock: Clock) -> None:
        self.slack, self.courier, self.clock = slack, courier, clock
        self.patience = PATIENCE
        self.is_flooded: Callable[[], bool] = lambda: False
        self.lull = LULL
        self._afterwards: set[asyncio.Task[Any]] = set()
        self._at_once = self._waiting = 0
        self._turns = asyncio.Semaphore(TURNS)

    def afterwards(self, work: Coroutine[Any, Any, Any]) -> None:
        """Go on with it behind the acknowledgement."""
        task = asyncio.create_task(work)
        self._afterwards.add(task)
        task.add_done_callback(self._afterwards.discard)

    async def close(self) -> None:
        """Whoever still waits for an answer gets it, if it comes soon."""
        if self._afterwards:
            await asyncio.wait(self._afterwards, timeout=ENDING)

    async def run(self, verb: Callable[..., Reply], *args: Any) -> Outcome:
        """The verb in a thread and a transaction of its own; what it refuses is an outcome, too."""
        try:
            return await self._twice(verb, *args)
        except Refused as refused:
            return refused
        except Exception:
            log.exception("What somebody asked for in Slack broke: %s", getattr(verb, "__name__", verb))
            return Broke()

    async def _twice(self, verb: Callable[..., Reply], *args: Any) -> Reply:
        """Two who meet the same new person at the same moment both write them down; the second try reads."""
        try:
            return await self.courier.run(verb, *args, self.clock())
        except IntegrityError:
            return await self.courier.run(verb, *args, self.clock())

    async def in_time(
        self,
        work: Coroutine[Any, Any, Outcome],
        ack: Callable[[Outcome], BoltResponse],
        then: Callable[[Outcome], Awaitable[None]],
        meanwhile: BoltResponse = DONE,
    ) -> BoltResponse:
        """Acknowledge with the outcome; if it takes too long, or many ask at once, bring it afterwards."""
        if self._waiting or self._at_once >= AT_ONCE:
            self._waiting += 1
            self.afterwards(self._in_turn(work, then))
            return meanwhile
        self._at_once += 1
        task = asyncio.ensure_future(work)
        task.add_done_callback(self._leave)
        done, _ = await asyncio.wait({task}, timeout=self._patience)
        if done:
            return ack(task.result())

        async def later() -> None:
            await then(await task)

        self.afterwards(later())
        return meanwhile

    @property
    def _patience(self) -> float:
        return min(self.patience, HASTE) if self.is_flooded() else self.patience

    def _leave(self, _: asyncio.Task[Any]) -> None:
        self._at_once -= 1

    async def _in_turn(
        self, work: Coroutine[Any, Any, Outcome], then: Callable[[Outcome], Awaitable[None]]
    ) -> None:
        """Verbs share one interpreter with the door: a burst is acknowledged before it is worked off."""
        try:
            await asyncio.sleep(self.lull)
            async with self._turns:
                outcome = await work
        finally:
            self._waiting -= 1
        await then(outcome)

    async def open(self, reply: Reply, trigger_id: str, response_url: str) -> None:
        """Open the form that was asked for. A trigger lives for three seconds; then a sentence must do."""
        view = with_answer(reply.view or {}, response_url)
        try:
            call = self.slack.call("views.open", trigger_id=trigger_id, view=view)
            await asyncio.wait_for(call, OPENING)
        except (DeliveryError, TimeoutError) as error:
            log.warning("A form could not be opened: %s", error or "it took too long")
            await self.post(response_url, Reply(reply.instead or TOO_LATE))

    async def post(self, response_url: str, outcome: Outcome) -> None:
        """Say it to the person alone, where they asked. Not tried again: they still see what they asked."""
        if not response_url:
            return
        try:
            await self.slack.respond(response_url, body_of(outcome))
        except DeliveryError as error:
            log.warning("An answer could not be given: %s", error)

    async def show(self, view_id: str, view: View) -> None:
        """Put something else where the form was."""
        try:
            await self.slack.call("views.update", view_id=view_id, view=view)
        except DeliveryError as error:
            log.warning("A form could not be answered: %s", error)


def sentence(outcome: Outcome) -> str:
    """What is said; a refusal may quote what somebody typed, so it is escaped."""
    return outcome.text if isinstance(outcome, Reply) else escape(SOMEONE.sub("that person", str(outcome)))


def body_of(outcome: Outcome) -> dict[str, Any]:
    """A message to one person: the answer to a command, or what is posted to a response_url."""
    if isinstance(outcome, Reply) and outcome.blocks:
        made = message(outcome.text, outcome.blocks, more=outcome.more)
    else:
        made = said(sentence(outcome))
    replaces = isinstance(outcome, Reply) and outcome.replace
    return made | {"response_type": "ephemeral", "replace_original": replaces}


def answer_view(outcome: Outcome, view: View) -> View:
    """What stands in a form's place once it was answered."""
    if isinstance(outcome, Reply) and outcome.view:
        return outcome.view
    return told(view["title"]["text"], sentence(outcome) or "Done.")


def with_answer(view: View, response_url: str) -> View:
    """A form remembers where its answer goes, if there is room for it."""
    meta = json.loads(view.get("private_metadata") or "{}") | {"answer": response_url}
    written = json.dumps(meta, separators=(",", ":"))
    return view | {"private_metadata": written} if response_url and len(written) <= METADATA else view
