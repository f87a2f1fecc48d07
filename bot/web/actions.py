"""The pages of action items: mine, those to verify or judge, the late ones, all; one item, and its forms."""

from collections.abc import Callable
from datetime import date
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from bot.domain import actions, incidents, recurrences, trackers
from bot.domain.actions import ActionItem, Effect, ItemStatus, Kind, Priority, Wording
from bot.domain.company import company_of
from bot.lib.choices import one_of
from bot.web.forms import Filled, Form, Forms, Place, beside
from bot.web.look import Look
from bot.web.offers import known_people
from bot.web.visits import Doorman, Visit

MOST = 200
HERE = "item"  # back to the item's own page
EFFECTS = {Effect.HOLDS: "It worked", Effect.FAILED: "It did not", Effect.UNCLEAR: "Too early to say"}


def _open(visit: Visit) -> list[ActionItem]:
    return [item for item in actions.all(visit.session, as_=visit.by, limit=1000) if not item.is_settled]


KINDS: dict[str, Callable[[Visit], list[ActionItem]]] = {
    "mine": lambda visit: actions.mine(visit.session, visit.by, limit=MOST + 1),
    "verify": lambda visit: actions.to_verify(visit.session, visit.by, limit=MOST + 1),
    "judge": lambda visit: [
        asked.item for asked in recurrences.asked_of(visit.session, visit.by, visit.now, limit=MOST + 1)
    ],
    "late": lambda visit: actions.all(
        visit.session, as_=visit.by, overdue_on=visit.now.date(), limit=MOST + 1
    ),
    "open": _open,
    "all": lambda visit: actions.all(visit.session, as_=visit.by, limit=MOST + 1),
}


class ActionPages:
    def __init__(self, doorman: Doorman, look: Look) -> None:
        self.doorman, self.look = doorman, look

    def routes(self) -> list[Route]:
        return [
            self.doorman.get("/actions", self.list),
            self.doorman.get("/actions/{ref}", self.show),
            *Forms(self.doorman, self.look).routes(PLACE, FORMS),
        ]

    def list(self, visit: Visit) -> Response:
        kind = visit.query.get("show", "mine")
        found = one_of("list", kind, KINDS)(visit)
        again = recurrences.again(visit.session, found[:MOST], as_=visit.by)
        rows = [row(visit, item) | {"again": again.get(item.id, ())} for item in found[:MOST]]
        words = visit.words(
            rows=rows, kind=kind, kinds=list(KINDS), is_cut=len(found) > MOST, at="actions", **_said(visit)
        )
        return self.look.page("actions.html.j2", words)

    def show(self, visit: Visit) -> Response:
        """One item with everything that ever became of it."""
        item = _found(visit)
        words = visit.words(
            at="actions",
            back=HERE,
            name=visit.name,
            team=company_of(visit.session).team(item.team),
            changes=list(reversed(actions.changes(visit.session, item))),
            answers_for=actions.responsible(visit.session, item),
            recurred=recurrences.recurred(visit.session, item, as_=visit.by),
            tracked=trackers.links_of(visit.session, item.id),
            question=_question(visit, item),
            effects=EFFECTS,
            **row(visit, item),
            **_said(visit),
        )
        return self.look.page("action.html.j2", words)


def _question(visit: Visit, item: ActionItem) -> recurrences.Question | None:
    """Whether it worked can be asked of what was verified."""
    is_verified = item.status == ItemStatus.VERIFIED
    return recurrences.question(visit.session, item, as_=visit.by) if is_verified else None


def _said(visit: Visit) -> dict[str, Any]:
    return {"said": visit.query.get("said", ""), "is_same": bool(visit.query.get("same"))}


def row(visit: Visit, item: ActionItem) -> dict[str, Any]:
    """One item with its owner, how many days it is late, and whether the reader may verify it."""
    today = visit.now.date()
    return {
        "item": item,
        "incident": incidents.get(visit.session, item.incident_id),
        "owner": visit.name(item.owner_id),
        "late": (today - item.due).days if item.due and item.is_late(today) else 0,
        "may_verify": visit.by.id not in (item.owner_id, item.done_by),
    }


def start(filled: Filled, item: ActionItem) -> bool:
    return actions.start(filled.session, item, **filled.who)


def done(filled: Filled, item: ActionItem) -> None:
    actions.done(filled.session, item, filled.text("evidence"), **filled.who)


def verify(filled: Filled, item: ActionItem) -> None:
    actions.verify(filled.session, item, **filled.who)


def reopen(filled: Filled, item: ActionItem) -> None:
    actions.reopen(filled.session, item, filled.text("reason"), **filled.who)


def decline(filled: Filled, item: ActionItem) -> None:
    approver = filled.needed("approver")
    with beside("approver", actions.NotYours):
        actions.decline(filled.session, item, filled.text("reason"), approver=approver, **filled.who)


def assign(filled: Filled, item: ActionItem) -> bool:
    return actions.assign(filled.session, item, filled.someone("owner"), **filled.who)


def move(filled: Filled, item: ActionItem) -> bool:
    with beside("due"):
        due = actions.parse_due(filled.text("due"), filled.visit.now.date())
    return actions.move(filled.session, item, due, why=filled.text("why"), **filled.who)


def block(filled: Filled, item: ActionItem) -> None:
    actions.block(filled.session, item, filled.text("reason"), **filled.who)


def snooze(filled: Filled, item: ActionItem) -> None:
    with beside("until"):
        until = actions.parse_due(filled.text("until"), _today(filled.visit))
        actions.rules.check_snooze(item, until, _today(filled.visit))
    actions.snooze(filled.session, item, until, filled.text("reason"), **filled.who)


def duplicate(filled: Filled, item: ActionItem) -> None:
    with beside("other"):
        other = actions.find(filled.session, filled.text("other"), as_=filled.visit.by)
    actions.duplicate(filled.session, item, other, **filled.who)


def edit(filled: Filled, item: ActionItem) -> bool:
    with beside("kind"):
        kind = Kind.parse(filled.text("kind"))
    with beside("priority"):
        priority = Priority.parse(filled.text("priority"))
    team = filled.text("team") if company_of(filled.session).teams else None
    words = Wording(filled.text("title"), filled.text("outcome"), team, kind, priority)
    return actions.describe(filled.session, item, words, **filled.who)


def effect(filled: Filled, item: ActionItem) -> None:
    with beside("effect"):
        seen = Effect.parse(filled.text("effect"))
    actions.judge(filled.session, item, seen, filled.text("note"), **filled.who)


def _today(visit: Visit) -> date:
    company = company_of(visit.session)
    return company.day(company.workspace.timezone, visit.now)


def _found(visit: Visit) -> ActionItem:
    return actions.find(visit.session, visit.path["ref"], as_=visit.by)


def _home(visit: Visit, item: ActionItem) -> str:
    """Back to the list that one came from, else to the item's incident."""
    back = visit.form.get("back") or visit.query.get("back", "")
    if back == HERE:
        return f"/actions/{item.ref}"
    return f"/actions?show={back}" if back in KINDS else f"/incidents/INC-{item.incident_id}"


def _about(visit: Visit, item: ActionItem) -> dict[str, Any]:
    shown = row(visit, item)
    return {**shown, "at": "actions", "company": company_of(visit.session)}


def _people(visit: Visit, item: ActionItem) -> dict[str, Any]:
    incident = incidents.get(visit.session, item.incident_id)
    owner = visit.name(item.owner_id)
    return {"people": known_people(visit, incident), "values": {"owner": owner}}


def _day(_: Visit, item: ActionItem) -> dict[str, Any]:
    return {"values": {"due": item.due.isoformat() if item.due else ""}}


def _words(visit: Visit, item: ActionItem) -> dict[str, Any]:
    """What it says now, and what a colleague would ask about that."""
    names = ("title", "outcome", "team", "kind", "priority")
    return {
        "kinds": [one.value for one in Kind],
        "priorities": [one.value for one in Priority],
        "doubts": actions.doubts(item.title, item.outcome),
        "values": {name: getattr(item, name) for name in names},
    }


def _asked(visit: Visit, item: ActionItem) -> dict[str, Any]:
    return {"question": recurrences.question(visit.session, item, as_=visit.by), "effects": EFFECTS}


PLACE = Place("/actions/{ref}", _found, _home, _about)
FORMS = (
    Form("start", start, anchor="actions", group="actions"),
    Form("done", done, main="evidence", anchor="actions", group="actions"),
    Form("verify", verify, anchor="actions", group="actions"),
    Form("reopen", reopen, main="reason", anchor="actions", group="actions"),
    Form("decline", decline, main="reason", offers=_people, anchor="actions", group="actions"),
    Form("assign", assign, main="owner", offers=_people, anchor="actions", group="actions"),
    Form("move", move, main="due", offers=_day, anchor="actions", group="actions"),
    Form("block", block, main="reason", anchor="actions", group="actions"),
    Form("snooze", snooze, main="reason", anchor="actions", group="actions"),
    Form("duplicate", duplicate, main="other", anchor="actions", group="actions"),
    Form("edit", edit, main="title", offers=_words, anchor="actions", group="actions"),
    Form("effect", effect, main="note", offers=_asked, anchor="actions", group="actions"),
)
