"""Declaring: in one line, or through a form in which nothing is required."""

from sqlmodel import Session

from bot.domain import incidents
from bot.domain.company import Company, company_of
from bot.domain.incidents import Incident, Report
from bot.slack import model
from bot.slack.buttons import button
from bot.slack.commands import Ask, Reply, command, unquoted
from bot.slack.forms import Choice, Field, Filled, Form, Line, Several, Someone, Ticks, View, told
from bot.slack.words import plain, title

FORM = Form("new", "Declare an incident", submit="Declare")
CLOSED = (
    "The form could not be opened in time. Say it in one line instead: `/incident new sev2 What is wrong`"
)
SECRET = "private "


@command("new [sevN] [title]")
def new(session: Session, ask: Ask) -> Reply:
    """Declare an incident at once; without a title, in a form."""
    severity, words = company_of(session).split_severity(ask.text)
    if not words:
        return Reply(view=form(company_of(session), severity=severity or ""), instead=CLOSED)
    if words.startswith(SECRET):
        # What is meant for a few is announced to nobody by a slip: the form shows it ticked.
        view = form(company_of(session), severity=severity or "", words=words[len(SECRET) :], private=True)
        return Reply(view=view, instead=CLOSED)
    report = Report(title=plain(session, unquoted(words)), severity=severity)
    incident = incidents.declare(session, report, by=ask.person, now=ask.now)
    if ask.response_url:
        model.wait(session, incident.id, ask.person.id, now=ask.now, response_url=ask.response_url)
    return Reply(opening(incident))


@button("home.declare")
def declare(session: Session, ask: Ask) -> Reply:
    return Reply(view=form(company_of(session)), instead=CLOSED)


def form(
    company: Company,
    *,
    severity: str = "",
    words: str = "",
    description: str = "",
    private: bool = False,
) -> View:
    levels = [(one.key, one.label, one.criteria[0] if one.criteria else "") for one in company.severities]
    services = [(one.key, one.name, "") for one in company.services]
    fields: list[Field] = [
        Line("title", "Title", initial=words, hint="What is wrong, in a few words", most=200),
        Choice(
            "severity", "Severity", initial=severity, picks=levels, hint="Leave it open if you do not know"
        ),
        Line("description", "What is happening?", initial=description, tall=True),
        Several("services", "Services", picks=services),
        Someone("commander", "Commander", hint="Yourself, if you choose nobody"),
        Ticks(
            "private",
            "Private",
            picks=[("private", "Only for those who are invited", "")],
            chosen=["private"] if private else [],
        ),
    ]
    return FORM.view(fields)


@FORM.filled
def submit(session: Session, filled: Filled) -> Reply:
    incident = incidents.declare(session, _report(session, filled), by=filled.person, now=filled.now)
    external_id = f"declared/{filled.view_id}"
    waits = {"view_id": filled.view_id, "external_id": external_id}
    model.wait(session, incident.id, filled.person.id, now=filled.now, **waits)
    return Reply(view=told(FORM.title, opening(incident), external_id=external_id))


def opening(incident: Incident) -> str:
    """What is said until the channel is there."""
    return f"*{incident.ref}* is declared: {title(incident.title)}. Opening its channel."


def _report(session: Session, filled: Filled) -> Report:
    company = company_of(session)
    with filled.beside("severity"):
        severity = company.severity(filled.text("severity")).key if filled.text("severity") else None
    with filled.beside("services"):
        services = tuple(company.service(name).key for name in filled.many("services"))
    with filled.beside("title"):
        words = incidents.rules.title(filled.text("title"))
    return Report(
        title=words,
        severity=severity,
        description=filled.text("description"),
        services=services,
        commander=filled.someone(session, "commander"),
        private="private" in filled.many("private"),
    )
