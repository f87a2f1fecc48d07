"""What is said to Closeout and what it answers, without Slack: commands, clicks and forms as functions."""

import json
from pathlib import Path

from bot.app import domain_modules
from bot.domain import incidents, people
from bot.domain.alerts import Paged
from bot.domain.company import Company, Service
from bot.domain.people import Introduction
from bot.lib.courier import Courier
from bot.lib.facts import Listeners, on
from bot.sandbox.contract import check_message, check_view
from bot.slack import commands, model
from bot.slack.buttons import all_buttons, all_forms
from bot.slack.commands import Heard, ask_of
from bot.slack.forms import Filled
from bot.slack.replies import answer_view, body_of
from tests.conftest import NOON

URL = "http://closeout.test"
TEMPLATES = Path(__file__).parent.parent.parent / "templates"
COMPANY = Company(
    services=(
        Service(key="checkout", name="Checkout"),
        Service(key="search", name="Search"),
    )
)
NAMES = {"ada": "Ada Lovelace", "ben": "Ben Okafor", "chen": "Chen Wei"}
ZONES = {"ada": "Europe/London", "ben": "Africa/Lagos", "chen": "Asia/Shanghai"}


domain_modules()  # with their guards


@on(Paged)
def rings(session, fact):
    """Somebody can be rung."""


class Talk:
    def __init__(self, engine, company=COMPANY, **info):
        listeners = Listeners()
        listeners.add(rings)
        self.courier = Courier(engine, listeners, {"company": company, "templates": TEMPLATES, **info})
        self.now = NOON
        with self.courier.transaction() as session:
            for key, name in NAMES.items():
                people.introduce(
                    session, Introduction(f"U0{key.upper()}", name, f"{key}@example.com", ZONES[key])
                )

    def heard(self, text, by, in_):
        return Heard(
            user=f"U0{by.upper()}",
            user_name=by,
            text=text,
            channel=in_,
            response_url="https://hooks.slack.com/commands/1",
            public_url=URL,
        )

    def says(self, text, *, by="ada", in_=""):
        """A line behind /incident; whatever is answered must be within Slack's limits."""
        with self.courier.transaction() as session:
            return checked(commands.hear(session, self.heard(text, by, in_), self.now))

    def clicks(self, action, value="", *, by="ada", in_="", **more):
        with self.courier.transaction() as session:
            ask = ask_of(session, self.heard(value, by, in_), self.now, **more)
            return checked(all_buttons()[action.partition("/")[0]](session, ask))

    def fills(self, view, *, by="ada", **answers):
        """Submit a form that was opened; who leaves a field as it is submits what stood there."""
        form = all_forms()[view["callback_id"]]
        meta = json.loads(view.get("private_metadata", "{}"))
        with self.courier.transaction() as session:
            person = people.of_slack(session, f"U0{by.upper()}")
            given = initial(view) | answers
            filled = Filled(given, meta, person, self.now, view_id="V1", public_url=URL)
            return checked(form.answer(session, filled))

    def declares(self, title="Checkout is down", *, by="ada", channel="", **report):
        """An incident, with a channel where one is named."""
        with self.courier.transaction() as session:
            person = people.of_slack(session, f"U0{by.upper()}")
            made = incidents.declare(
                session, incidents.Report(title=title, **report), by=person, now=self.now
            )
            if channel:
                model.opened(session, made.id, channel, f"inc-{made.id}", now=self.now)
            return made.id

    def incident(self, id):
        with self.courier.reading() as session:
            return incidents.get(session, id)

    def person(self, name):
        with self.courier.transaction() as session:
            return people.of_slack(session, f"U0{name.upper()}")

    def asks(self, query, *args):
        with self.courier.reading() as session:
            return query(session, *args)

    def timeline(self, id):
        """The sentences, with names."""
        with self.courier.reading() as session:
            found = incidents.timeline(session, incidents.get(session, id))
            return [people.spell(session, entry.text) for entry in found]


def checked(reply):
    """A reply that Slack would take."""
    if reply.view:
        assert not check_view(reply.view), reply.view
    if reply.text or reply.blocks:
        body = body_of(reply)
        assert check_message(text=body["text"], blocks=body.get("blocks")) is None
        if not reply.view:
            assert not check_view(answer_view(reply, {"title": {"text": "Title"}}))
    return reply


def initial(view):
    """What stands in a form before anybody types."""
    found = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        one = element.get("initial_option") or {}
        many = tuple(option["value"] for option in element.get("initial_options", ()))
        value = element.get("initial_value") or one.get("value") or element.get("initial_user") or many
        if value:
            found[block["block_id"]] = value
    return found


def labels(view):
    return [block["label"]["text"] for block in view["blocks"] if block["type"] == "input"]
