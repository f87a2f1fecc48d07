"""What is written down about an incident: notes, action items, checklists."""

from typing import Any

from bot.domain import actions, incidents, people, runbooks
from bot.domain.actions import Kind, Priority
from bot.domain.company import company_of
from bot.domain.incidents import Incident
from bot.web.forms import Filled, Form, Wrong, beside
from bot.web.offers import known_people
from bot.web.visits import Visit

YES = "yes"


def note(filled: Filled, incident: Incident) -> None:
    at = filled.moment("time")
    with beside("text", incidents.rules.Missing, incidents.rules.TooLong):
        incidents.note(filled.session, incident, filled.text("text"), at=at, **filled.who)


def correct(filled: Filled, incident: Incident) -> None:
    text, at, why = filled.text("text").strip() or None, filled.moment("time"), filled.text("why")
    number = _number(filled, "entry")
    with beside("entry", incidents.NoSuchEntry), beside("text", incidents.rules.Missing):
        incidents.correct(filled.session, incident, number, text=text, at=at, why=why, **filled.who)


def add_action(filled: Filled, incident: Incident) -> None:
    """A vague title is questioned once, with a better example; sent once more, it is kept as it is."""
    title, outcome = filled.text("title"), filled.text("outcome")
    owner, due = filled.someone("owner"), filled.day("due")
    if due:
        with beside("due"):
            actions.rules.check_due(due, filled.visit.now.date())
    with beside("kind"):
        kind = Kind.parse(filled.text("kind") or Kind.MITIGATE)
    with beside("priority"):
        priority = Priority.parse(filled.text("priority") or Priority.MEDIUM)
    chosen = {"kind": kind.value, "priority": priority.value, "outcome": outcome}
    _question(title, outcome, filled.text("asked"))
    team = filled.text("team") or None
    actions.create(filled.session, incident, title, owner=owner, due=due, team=team, **chosen, **filled.who)


def _question(title: str, outcome: str, asked: str) -> None:
    """Once for each wording: `asked` is what was questioned before."""
    found = actions.doubts(title, outcome)
    if found and asked.strip() != title.strip():
        said = f"{found[0].said} For example: {found[0].example}."
        raise Wrong("title", f"{said} Create it once more to keep it as it is.")


def post_runbook(filled: Filled, incident: Incident) -> None:
    with beside("name"):
        name = runbooks.named(filled.session, filled.text("name")).name
    runbooks.post(filled.session, incident, name, **filled.who)


def tick(filled: Filled, incident: Incident) -> bool:
    run, step = _number(filled, "run"), _number(filled, "step")
    done = filled.text("done") == YES
    return runbooks.tick(filled.session, incident, run, step, done, **filled.who)


def _number(filled: Filled, name: str) -> int:
    said = filled.text(name).strip().lstrip("#")
    return int(said) if said.isdecimal() and len(said) < 10 else 0


def _entry(visit: Visit, incident: Incident) -> dict[str, Any]:
    wanted = visit.query.get("entry") or visit.form.get("entry", "")
    found = [one for one in incidents.timeline(visit.session, incident) if str(one.id) == wanted]
    shown = found[0] if found else None
    words = people.spell(visit.session, shown.text) if shown else ""
    return {"entry": shown, "words": words, "values": {"text": words.removeprefix("noted: ")}}


def _action(visit: Visit, incident: Incident) -> dict[str, Any]:
    severity = company_of(visit.session).severity_or_assumed(incident.severity)
    first = {"owner": visit.by.email or visit.by.name, "kind": Kind.MITIGATE, "priority": Priority.MEDIUM}
    return {
        "people": known_people(visit, incident),
        "policy": severity.actions_due or "",
        "kinds": [one.value for one in Kind],
        "priorities": [one.value for one in Priority],
        "values": first,
    }


def _runbooks(visit: Visit, incident: Incident) -> dict[str, Any]:
    fit = runbooks.suggest(visit.session, incident)
    others = [one for one in runbooks.known(visit.session) if one not in fit]
    return {"fit": fit, "others": others, "today": visit.now.date()}


FORMS = (
    Form("note", note, main="text", anchor="end"),
    Form("correct", correct, main="text", offers=_entry),
    Form("action", add_action, main="title", offers=_action, anchor="actions"),
    Form("runbook", post_runbook, main="name", offers=_runbooks, anchor="runbooks"),
    Form("tick", tick, anchor="runbooks"),
)
