"""Where Slack reaches us. It parses, runs one verb in a thread, and acknowledges."""

import json
import logging
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import Session

from bot.domain import people
from bot.lib.errors import Refused
from bot.lib.inbox import Inbox
from bot.slack import commands, home
from bot.slack.buttons import all_buttons, all_forms
from bot.slack.commands import Heard, Reply, ask_of
from bot.slack.forms import Filled, answers_of, errors_in, told
from bot.slack.happenings import AT_ONCE, concerns_us
from bot.slack.replies import DONE, WORKING, Outcome, Replies, answer_view, body_of, sentence
from bot.slack.shortcuts import SHORTCUTS

log = logging.getLogger(__name__)
# Bolt warns that SLACK_BOT_TOKEN is not used, for our client has it already; people would wonder.
logging.getLogger("slack_bolt.AsyncApp").addFilter(lambda said: "`token`" not in said.getMessage())
Body = dict[str, Any]
ANY = re.compile(r"[\s\S]*")


class Listener:
    """Bolt's one app, and everything that it listens to."""

    def __init__(self, replies: Replies, inbox: Inbox, public_url: str, signing_secret: str) -> None:
        self.replies, self.inbox, self.public_url = replies, inbox, public_url
        replies.is_flooded = lambda: inbox.tide.is_high
        self.app = AsyncApp(
            signing_secret=signing_secret or None,
            # Without a token: Bolt itself never calls anybody.
            client=AsyncWebClient(base_url=replies.slack.client.base_url),
            authorize=_authorize,
            process_before_response=True,
        )
        self.app.middleware(self.keep)
        self.app.command(ANY)(self.command)
        self.app.action(ANY)(self.click)
        self.app.view(ANY)(self.submit)
        self.app.shortcut(ANY)(self.shortcut)

    # ---- events

    async def keep(self, body: Body, next: Callable[[], Awaitable[Any]]) -> BoltResponse | None:
        """An event is in the inbox before it is acknowledged; else Slack gets a 500 and repeats it."""
        if body.get("type") == "app_rate_limited":
            log.warning("Slack holds events back: more than 30,000 came within an hour.")
            return DONE
        if body.get("type") != "event_callback":
            await next()
            return None
        told = body["event"]
        if told.get("type") in AT_ONCE and told.get("tab", "home") == "home":
            self.replies.afterwards(self.draw_home(told["user"]))
        elif concerns_us(told):
            kept = {key: value for key, value in body.items() if key != "token"}
            await self.inbox.put("slack", body["event_id"], json.dumps(kept), self.replies.clock())
        return DONE

    # ---- what people say and do

    async def command(self, body: Body) -> BoltResponse:
        url, trigger = body.get("response_url", ""), body.get("trigger_id", "")
        heard = self._heard(
            body["user_id"], body.get("user_name", ""), body["channel_id"], url, body.get("text", "")
        )
        work = self.replies.run(commands.hear, heard)

        def ack(outcome: Outcome) -> BoltResponse:
            if isinstance(outcome, Reply) and outcome.view:
                self.replies.afterwards(self.replies.open(outcome, trigger, url))
                return DONE
            answer = body_of(outcome)
            del answer["replace_original"]
            return BoltResponse(status=200, body=answer)

        return await self.replies.in_time(work, ack, lambda outcome: self._answer(outcome, trigger, url))

    async def click(self, body: Body) -> BoltResponse:
        action = body["actions"][0]
        press = all_buttons().get(action.get("action_id", "").partition("/")[0])
        if press is None:
            return DONE  # a link opens by itself
        boxes = offered(body, action)
        heard = self._heard_in(body, value_of(action) or next(iter(boxes), ""))
        more = {"chosen": _values(action.get("selected_options")), "offered": boxes}

        def pressed(session: Session, heard: Heard, now: datetime) -> Reply:
            return press(session, ask_of(session, heard, now, **more))

        return await self._reply(body, self.replies.run(pressed, heard), heard)

    async def shortcut(self, body: Body) -> BoltResponse:
        taken = SHORTCUTS.get(body.get("callback_id", ""))
        if taken is None:
            return DONE
        heard = self._heard_in(body, "")
        message = body.get("message", {}) | {"domain": body.get("team", {}).get("domain", "")}

        def take(session: Session, heard: Heard, now: datetime) -> Reply:
            return taken(session, ask_of(session, heard, now), message)

        return await self._reply(body, self.replies.run(take, heard), heard)

    async def _reply(self, body: Body, work: Any, heard: Heard) -> BoltResponse:
        """A click is acknowledged without words; what is to be said follows."""

        async def then(outcome: Outcome) -> None:
            await self._answer(outcome, body.get("trigger_id", ""), heard.response_url)
            if body.get("view", {}).get("type") == "home":
                await self.draw_home(heard.user)

        def ack(outcome: Outcome) -> BoltResponse:
            self.replies.afterwards(then(outcome))
            return DONE

        return await self.replies.in_time(work, ack, then)

    async def _answer(self, outcome: Outcome, trigger: str, url: str) -> None:
        if isinstance(outcome, Reply) and outcome.view:
            await self.replies.open(outcome, trigger, url)
        elif not url and sentence(outcome):
            # Where there is no message to answer beside, a small view says it.
            await self.replies.open(Reply(view=told("Closeout", sentence(outcome))), trigger, "")
        elif sentence(outcome):
            await self.replies.post(url, outcome)

    async def submit(self, body: Body) -> BoltResponse:
        view, form = body["view"], all_forms().get(body["view"].get("callback_id", ""))
        if body["type"] != "view_submission" or form is None or form.answer is None:
            return DONE
        meta = json.loads(view.get("private_metadata") or "{}")
        answer, given = form.answer, {"answers": answers_of(view), "meta": meta, "view_id": view["id"]}
        heard = self._heard_in(body, "")

        def fill(session: Session, heard: Heard, now: datetime) -> Reply:
            person = people.of_slack(session, heard.user, heard.user_name)
            made: Reply = answer(session, Filled(person=person, now=now, public_url=self.public_url, **given))
            return made

        def ack(outcome: Outcome) -> BoltResponse:
            return self._took(outcome, view, meta.get("answer", ""))

        async def then(outcome: Outcome) -> None:
            await self.replies.show(view["id"], answer_view(outcome, view))

        return await self.replies.in_time(self.replies.run(fill, heard), ack, then, _working(view))

    def _took(self, outcome: Outcome, view: Body, url: str) -> BoltResponse:
        """A form that was right closes and its answer stands where it was opened, or in its place."""
        if isinstance(outcome, Refused):
            if errors := errors_in(view, outcome):
                return BoltResponse(status=200, body={"response_action": "errors", "errors": errors})
            return BoltResponse(status=200, body=_instead(answer_view(outcome, view)))
        if outcome.view is None and (url or not outcome.text):
            self.replies.afterwards(self.replies.post(url, outcome))
            return DONE
        return BoltResponse(status=200, body=_instead(answer_view(outcome, view)))

    # ---- the home tab

    async def draw_home(self, user: str) -> None:
        """What one person sees in our home tab."""
        try:
            view = await self.replies.courier.run(home.draw, user, self.replies.clock(), self.public_url)
            await self.replies.slack.call("views.publish", user_id=user, view=view)
        except Exception:
            log.exception("The home tab of %s could not be drawn", user)

    def _heard_in(self, body: Body, text: str) -> Heard:
        user = body["user"]
        where = body.get("channel") or {}
        channel = where.get("id") or body.get("container", {}).get("channel_id", "")
        name = user.get("name") or user.get("username") or ""
        return self._heard(user["id"], name, channel, body.get("response_url", ""), text)

    def _heard(self, user: str, name: str, channel: str, url: str, text: str) -> Heard:
        return Heard(user, name, text=text, channel=channel, response_url=url, public_url=self.public_url)


async def _authorize(context: AsyncBoltContext) -> AuthorizeResult:
    """One workspace, one token: nobody need be asked before an acknowledgement."""
    return AuthorizeResult(enterprise_id=context.enterprise_id, team_id=context.team_id)


def value_of(action: Body) -> str:
    """What stands behind a click: a button's value, or what was chosen in a menu."""
    chosen = action.get("selected_option") or {}
    return str(action.get("value") or chosen.get("value") or action.get("selected_user") or "")


def _values(options: Any) -> tuple[str, ...]:
    return tuple(str(option["value"]) for option in options or ())


def offered(body: Body, action: Body) -> tuple[str, ...]:
    """All boxes of the group in which one was ticked: Slack tells only those that are ticked now."""
    blocks = (body.get("message") or body.get("view") or {}).get("blocks", [])
    elements = [
        element
        for block in blocks
        if block.get("block_id") == action.get("block_id")
        for element in (*block.get("elements", ()), block.get("accessory") or {})
    ]
    found = [one for one in elements if one.get("action_id") == action.get("action_id")]
    return _values(found[0].get("options")) if found else ()


def _instead(view: Body) -> Body:
    return {"response_action": "update", "view": view}


def _working(view: Body) -> BoltResponse:
    return BoltResponse(status=200, body=_instead(told(view["title"]["text"], WORKING)))
