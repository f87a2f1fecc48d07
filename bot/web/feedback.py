"""The pages of feedback: what customers wrote, one voice, the words of tags, the monthly pack."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.responses import Response
from starlette.routing import Route

from bot.domain import actions, components, customers, feedback, incidents
from bot.domain.actions import ActionItem
from bot.domain.company import company_of
from bot.domain.feedback import Cluster, Decision, Feedback, Filter, Source, Voice, pack
from bot.lib.errors import Refused
from bot.web.api.paging import before
from bot.web.forms import Filled, Form, Forms, Place, beside
from bot.web.look import Look
from bot.web.visits import Doorman, Visit

PAGE, BACK = 50, timedelta(days=90)
AT = "feedback"
NAMES = ("waiting", "high", "tag", "text", "cluster", "incident")  # of filters, in the address


@dataclass
class Adding:
    """What the form to add is about: nothing yet, then what was kept."""

    kept: Feedback | None = None


class FeedbackPages:
    def __init__(self, doorman: Doorman, look: Look) -> None:
        self.doorman, self.look = doorman, look

    def routes(self) -> list[Route]:
        forms = Forms(self.doorman, self.look)
        return [
            self.doorman.get("/feedback", self.list),
            *forms.routes(ADDING, ADD_FORMS),
            self.doorman.get("/feedback/rules", self.rules),
            *forms.routes(RULES, RULE_FORMS),
            self.doorman.get("/feedback/pack", self.pack),
            self.doorman.get("/feedback/pack.md", self.pack_md),
            self.doorman.get("/feedback/{id}", self.show),
            *forms.routes(VOICE, FORMS),
        ]

    def list(self, visit: Visit) -> Response:
        session, by = visit.session, visit.by
        wanted, start = _wanted(visit), before(visit.query.get("before"))
        found = feedback.page(session, wanted, as_=by, before=start, limit=PAGE + 1)
        words = visit.words(
            at=AT,
            rows=[_row(visit, one) for one in found[:PAGE]],
            older=_older(visit, found[PAGE - 1].id) if len(found) > PAGE else "",
            count=feedback.count(session, wanted, as_=by),
            waiting=feedback.count(session, Filter(waiting=True), as_=by),
            pressing=feedback.count(session, Filter(waiting=True, high=True), as_=by),
            every=feedback.count(session, Filter(), as_=by),
            tags=[rule.tag for rule in feedback.tag_rules(session)],
            clusters=feedback.clusters(session, visit.now - BACK, as_=by, most=8),
            wanted=wanted,
            about=visit.query.get("incident", ""),
            grouped=feedback.cluster(session, wanted.cluster, as_=by) if wanted.cluster else None,
            is_filtered=wanted != Filter(),
            **_said(visit),
        )
        return self.look.page("feedback.html.j2", words)

    def show(self, visit: Visit) -> Response:
        one = _found(visit)
        return self.look.page("voice.html.j2", visit.words(**_whole(visit, one), **_said(visit)))

    def rules(self, visit: Visit) -> Response:
        known = {one.key: one.name for one in components.known(company_of(visit.session))}
        rows = [(rule, known.get(rule.component or "", "")) for rule in feedback.tag_rules(visit.session)]
        words = visit.words(at=AT, rows=rows, names=visit.name, **_said(visit))
        return self.look.page("feedback_rules.html.j2", words)

    def pack(self, visit: Visit) -> Response:
        found = _pack(visit)
        after = (found.month + timedelta(days=32)).replace(day=1)
        words = visit.words(
            at=AT,
            pack=found,
            body=Markup(pack.html(visit.session, found)),  # made of escaped Markdown, without tags of its own
            earlier=f"{found.month - timedelta(days=1):%Y-%m}",
            later=f"{after:%Y-%m}" if after <= visit.now.date() else "",
        )
        return self.look.page("feedback_pack.html.j2", words)

    def pack_md(self, visit: Visit) -> Response:
        found = _pack(visit)
        named = {"Content-Disposition": f'inline; filename="feedback-{found.month:%Y-%m}.md"'}
        text = pack.markdown(visit.session, found)
        return Response(text, 200, {**named, "Cache-Control": "no-store"}, media_type="text/markdown")


def _said(visit: Visit) -> dict[str, Any]:
    return {"said": visit.query.get("said", ""), "is_same": bool(visit.query.get("same"))}


def _pack(visit: Visit) -> pack.Pack:
    zone = company_of(visit.session).workspace.timezone
    month = pack.month_of(visit.query.get("month", ""), visit.now, zone)
    return pack.pack(visit.session, month, as_=visit.by, now=visit.now)


def _wanted(visit: Visit) -> Filter:
    asked = {name: visit.query.get(name, "").strip() for name in NAMES}
    about = incidents.find(visit.session, asked["incident"], as_=visit.by).id if asked["incident"] else None
    return Filter(
        tag=asked["tag"],
        text=asked["text"],
        cluster=_number(asked["cluster"]),
        incident=about,
        high=bool(asked["high"]),
        waiting=bool(asked["waiting"]),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _older(visit: Visit, last: int) -> str:
    asked = {name: value for name in NAMES if (value := visit.query.get(name, ""))}
    return f"/feedback?{urlencode({**asked, 'before': last})}"


def _row(visit: Visit, one: Feedback) -> dict[str, Any]:
    seen = customers.sees_contacts(visit.by)
    return {
        "it": one,
        "who": (one.name or one.address) if seen else "",
        "about": f"INC-{one.incident_id}" if one.incident_id else "",
        "became": _became(visit, one),
    }


def _became(visit: Visit, one: Feedback) -> str:
    """What was done about it, the last thing that happened."""
    if one.erased_at:
        return "erased"
    if one.decided_at:
        return f"decided: {one.decision}"
    if one.mended_at:
        return "told that it is mended"
    if one.explained_at:
        return "explained"
    return f"answered by {visit.name(one.answered_by)}" if one.answered_at else ""


def _whole(visit: Visit, one: Feedback) -> dict[str, Any]:
    session = visit.session
    customer = customers.get(session, one.customer_id) if one.customer_id else None
    item = _item(visit, one)
    known = {each.key: each.name for each in components.known(company_of(session))}
    cluster = session.get(Cluster, one.cluster_id) if one.cluster_id else None
    alike = feedback.count(session, Filter(cluster=cluster.id), as_=visit.by) if cluster else 0
    return {
        "at": AT,
        "voice": one,
        "here": f"/feedback/{one.id}",
        "sees": customers.sees_contacts(visit.by),
        "customer": customer if not visit.by.is_guest else None,
        "incident": incidents.get(session, one.incident_id) if one.incident_id else None,
        "item": item,
        "outcome": session.get(feedback.Outcome, item.id) if item else None,
        "component": known.get(one.component or "", one.component),
        "cluster": cluster,
        "alike": alike,
        "noted_by": visit.name(one.by) if one.source in (Source.COLLEAGUE, Source.API) else "",
        "answered_by": visit.name(one.answered_by),
        "decided_by": visit.name(one.decided_by),
    }


def _item(visit: Visit, one: Feedback) -> ActionItem | None:
    """Not what belongs to an incident that this person may not know."""
    item = actions.get(visit.session, one.item_id) if one.item_id else None
    about = incidents.get(visit.session, item.incident_id) if item else None
    return item if about and incidents.visible(visit.session, about, visit.by) else None


def _found(visit: Visit) -> Feedback:
    return feedback.find(visit.session, visit.path["id"], as_=visit.by)


# ---- noting what somebody said


def add(filled: Filled, adding: Adding) -> None:
    said = filled.text("incident").strip()
    with beside("incident"):
        incident = incidents.find(filled.session, said, as_=filled.visit.by) if said else None
    voice = Voice(
        words=filled.text("words"),
        source=Source.COLLEAGUE,
        name=filled.text("name"),
        address=filled.text("address"),
        component=filled.text("component"),
        incident=incident,
    )
    feedback.rules.said(voice.words)
    with beside("address"):
        adding.kept = feedback.take(filled.session, voice, **filled.who)


def _parts(visit: Visit, _: Any) -> dict[str, Any]:
    return {"parts": components.known(company_of(visit.session))}


ADDING = Place(
    "/feedback",
    lambda _: Adding(),
    lambda _, adding: f"/feedback/{adding.kept.id}" if adding.kept else "/feedback",
    lambda *_: {"at": AT},
)
ADD_FORMS = (Form("add", add, main="words", offers=_parts, group=AT),)


# ---- one voice


def tie(filled: Filled, one: Feedback) -> bool:
    session, by = filled.session, filled.visit.by
    about, answers = filled.text("incident").strip(), filled.text("item").strip()
    with beside("incident"):
        incident = incidents.find(session, about, as_=by) if about else None
        changed = feedback.tie(session, one, incident, **filled.who)
    with beside("item"):
        item = actions.find(session, answers, as_=by) if answers else None
        return feedback.tie_to_item(session, one, item, **filled.who) or changed


def tag(filled: Filled, one: Feedback) -> bool:
    with beside("tags"):
        return feedback.tag(
            filled.session, one, filled.many("tags"), high=bool(filled.text("high")), **filled.who
        )


def group(filled: Filled, one: Feedback) -> bool:
    with beside("cluster"):
        wanted = _number(filled.text("cluster")) or 0
        to = feedback.cluster(filled.session, wanted, as_=filled.visit.by) if wanted else None
        return feedback.regroup(filled.session, one, to, **filled.who)


def answer(filled: Filled, one: Feedback) -> None:
    feedback.answer(filled.session, one, filled.text("words"), **filled.who)


def decide(filled: Filled, one: Feedback) -> None:
    with beside("decision", Refused) if not filled.text("decision") else beside("why"):
        feedback.decide(filled.session, [one], filled.text("decision"), filled.text("why"), **filled.who)


def outcome(filled: Filled, one: Feedback) -> None:
    item = _item(filled.visit, one)
    with beside("words"):
        if item is None:
            raise NoItem
        feedback.say_outcome(filled.session, item, filled.text("words"), **filled.who)


def erase(filled: Filled, one: Feedback) -> None:
    feedback.erase(filled.session, one, **filled.who)


class NoItem(Refused):
    """No action item answers it yet. Tie it to one first."""


def _to_tie(visit: Visit, one: Feedback) -> Mapping[str, Any]:
    item = _item(visit, one)
    live = incidents.page(visit.session, as_=visit.by, limit=20)
    first = {
        "incident": f"INC-{one.incident_id}" if one.incident_id else "",
        "item": item.ref if item else "",
    }
    return {"values": first, "known": [each for each in live if not (each.private or each.drill)]}


def _to_tag(visit: Visit, one: Feedback) -> Mapping[str, Any]:
    known = [rule.tag for rule in feedback.tag_rules(visit.session)]
    return {"values": {"tags": ", ".join(one.tags), "high": ["yes"] if one.high else []}, "known": known}


def _to_group(visit: Visit, one: Feedback) -> Mapping[str, Any]:
    found = feedback.clusters(visit.session, visit.now - BACK, as_=visit.by, most=50)
    return {"values": {"cluster": str(one.cluster_id or "")}, "known": found}


def _to_decide(_visit: Visit, one: Feedback) -> Mapping[str, Any]:
    words = [(each.value, each.value.capitalize()) for each in Decision]
    return {"values": {"decision": one.decision or "", "why": one.why}, "decisions": words}


def _to_say(visit: Visit, one: Feedback) -> Mapping[str, Any]:
    item = _item(visit, one)
    said = visit.session.get(feedback.Outcome, item.id) if item else None
    return {"values": {"words": said.words if said else ""}}


VOICE = Place("/feedback/{id}", _found, lambda _, one: f"/feedback/{one.id}", _whole)
FORMS = (
    Form("tie", tie, main="incident", offers=_to_tie, group=AT),
    Form("tag", tag, main="tags", offers=_to_tag, group=AT),
    Form("group", group, main="cluster", offers=_to_group, group=AT),
    Form("answer", answer, main="words", group=AT),
    Form("decide", decide, main="why", offers=_to_decide, group=AT),
    Form("outcome", outcome, main="words", offers=_to_say, group=AT),
    Form("erase", erase, group=AT),
)


# ---- the words of tags


def set_rule(filled: Filled, _: None) -> None:
    high, words = bool(filled.text("high")), filled.text("words")
    with beside("tag", feedback.BadTag):
        feedback.set_rule(
            filled.session,
            filled.text("tag"),
            words,
            component=filled.text("component"),
            high=high,
            **filled.who,
        )


def drop_rule(filled: Filled, _: None) -> bool:
    return feedback.drop_rule(filled.session, filled.text("tag"), **filled.who)


RULES = Place("/feedback/rules", lambda _: None, lambda *_: "/feedback/rules", lambda *_: {"at": AT})
RULE_FORMS = (
    Form("set", set_rule, main="words", offers=_parts, group=AT),
    Form("drop", drop_rule, group=AT),
)
