"""What customers are told: an update, the first words, a correction, and what waits for a yes."""

from collections.abc import Callable
from functools import partial
from typing import Any

from bot.domain import components, people, updates
from bot.domain.company import company_of
from bot.domain.components import WORST_LAST
from bot.domain.incidents import Incident, rules
from bot.domain.updates import Audience, Phase, Update, UpdateDraft, Wording
from bot.web.forms import Filled, Form, beside
from bot.web.visits import Visit

OF_COMPONENT = "component-"
AUDIENCES = (
    (Audience.EVERYONE.value, "Everyone: the status page, and all who subscribed"),
    (Audience.PAGE.value, "The status page only"),
    (Audience.INSIDE.value, "Colleagues only"),
)


def update(filled: Filled, incident: Incident) -> None:
    wording = _wording(filled, incident)
    with beside("headline", updates.rules.TooLong):
        updates.tell(filled.session, incident, wording, **filled.who)


def tell_first(filled: Filled, incident: Incident) -> bool:
    return updates.tell_first(filled.session, incident, **filled.who) is not None


def change(filled: Filled, incident: Incident) -> None:
    updates.change(
        filled.session, incident, _number(filled, "draft"), _wording(filled, incident), **filled.who
    )


def approve(filled: Filled, incident: Incident) -> None:
    updates.approve(filled.session, incident, _number(filled, "draft"), **filled.who)


def discard(filled: Filled, incident: Incident) -> None:
    number = _number(filled, "draft")
    updates.discard(filled.session, incident, number, filled.text("why"), **filled.who)


def _wording(filled: Filled, incident: Incident) -> Wording:
    phase, promised = filled.text("phase"), filled.text("next_in").strip()
    rules.check_live(incident)
    with beside("phase"):
        meant = Phase.parse(phase or incident.status)
    with beside("next_in"):
        severity = company_of(filled.session).severity_or_assumed(incident.severity)
        zone = filled.visit.by.timezone
        updates.rules.promise(promised, meant, severity, filled.visit.now, zone)
    return Wording(
        filled.text("message"),
        phase=meant,
        next_in=promised or None,
        components=_states(filled, meant),
        audience=filled.text("audience") or Audience.EVERYONE,
        headline=filled.text("headline"),
        correction_of=_number(filled, "corrects") or None,
    )


def _states(filled: Filled, phase: Phase) -> dict[str, str] | None:
    """What was chosen. With the last word everything works again, whatever still stood in the form."""
    sent = filled.visit.form
    names = [name for name in sent if name.startswith(OF_COMPONENT) and sent[name]]
    if not names or phase is Phase.RESOLVED:
        return None
    company, states = company_of(filled.session), dict[str, components.ComponentState]()
    for name in names:
        with beside(name):
            states |= components.parse_states(company, {name.removeprefix(OF_COMPONENT): sent[name]})
    return {key: state.value for key, state in states.items()}


def _number(filled: Filled, name: str) -> int:
    said = filled.text(name).strip()
    return int(said) if said.isdecimal() and len(said) < 10 else 0


def _offers(visit: Visit, incident: Incident) -> dict[str, Any]:
    """What customers know already, the words that are proposed, and each component's state."""
    wanted = visit.query.get("phase", "")
    corrected = _of_number(updates.of(visit.session, incident), visit.query.get("corrects", ""))
    draft = _of_number(updates.waiting(visit.session, incident), visit.query.get("draft", ""))
    start: Update | UpdateDraft | None = draft or corrected
    phase = start.phase if start else wanted if wanted in list(Phase) else None
    meant = updates.proposal(visit.session, incident, phase)
    states = (start and start.components) or meant.components
    first = {
        "phase": meant.phase.value,
        "message": start.message if start else meant.message,
        "next_in": "" if corrected else draft.next_in if draft else meant.next_in,
        "audience": start.audience if start else Audience.EVERYONE.value,
        "corrects": corrected.id if corrected else "",
        "draft": draft.id if draft else "",
        **{f"{OF_COMPONENT}{key}": state for key, state in states.items()},
    }
    return {
        **_choices(visit, states),
        "last": updates.last(visit.session, incident),
        "values": first,
        "prepared": meant.wordings,
        "corrected": corrected,
        "draft": draft,
    }


def _choices(visit: Visit, states: dict[str, str]) -> dict[str, Any]:
    """Those that are touched stand open; the others are a click away."""
    known = components.known(company_of(visit.session))
    return {
        "phases": [one.value for one in Phase],
        "audiences": AUDIENCES,
        "states": [(state.value, state.words.capitalize()) for state in WORST_LAST],
        "touched": [one for one in known if one.key in states],
        "untouched": [one for one in known if one.key not in states],
    }


def _of_number(rows: list[Any], said: str) -> Any:
    return next((row for row in rows if str(row.id) == said), None)


def _first(visit: Visit, incident: Incident) -> dict[str, Any]:
    return {"words": updates.first_words(visit.session, incident)}


def _waits(visit: Visit, incident: Incident) -> dict[str, Any]:
    draft = _of_number(updates.waiting(visit.session, incident), visit.query.get("draft", ""))
    return {"draft": draft, "values": {"draft": draft.id if draft else ""}}


def shown(visit: Visit, incident: Incident) -> dict[str, Any]:
    """The panel of the incident's page."""
    session = visit.session
    told, score = updates.of(session, incident), updates.scoring.of(session, incident, visit.now)
    right = {one.correction_of: one for one in told if one.correction_of}
    return {
        "updates": [(one, right.get(one.id)) for one in reversed(told)],
        "component_name": partial(components.name_of, company_of(session)),
        "promised": updates.promised_by(session, incident),
        "owed": updates.owed(session, incident),
        "score": score.sentences if told else (),
        "drafts": [_draft(visit, incident, one) for one in updates.waiting(session, incident)],
        "may_tell_first": incident.is_live and not incident.private and updates.is_silent(session, incident),
    }


def _draft(visit: Visit, incident: Incident, draft: UpdateDraft) -> dict[str, Any]:
    asked = updates.approvers(visit.session, incident, but=draft.by)
    return {
        "draft": draft,
        "by": visit.name(draft.by),
        "whom": " or ".join(people.get(visit.session, id).name for id in asked),
        "may": updates.may_approve(visit.session, incident, draft.by, visit.by),
    }


def _form(word: str, submit: Callable[[Filled, Incident], object], **more: Any) -> Form[Incident]:
    return Form(word, submit, anchor="customers", **more)


FORMS = (
    _form("update", update, main="message", offers=_offers),
    _form("tell-first", tell_first, offers=_first),
    _form("change-update", change, main="message", offers=_offers),
    _form("approve-update", approve, offers=_waits),
    _form("discard-update", discard, main="why", offers=_waits),
)
