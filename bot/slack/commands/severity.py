"""How bad it is: said outright, or proposed from answers about the criteria."""

from sqlmodel import Session

from bot.domain import incidents
from bot.domain.company import Company, company_of
from bot.domain.incidents import Incident
from bot.slack.commands import Ask, Reply, command
from bot.slack.commands.update import asks_for_it
from bot.slack.forms import Choice, Filled, Form, Line, Ticks
from bot.slack.words import escape

QUESTIONS = Form("severity.questions", "How bad is it?", submit="Propose one")
PROPOSAL = Form("severity.set", "Severity", submit="Set it")


@command("severity [sevN] [why]")
def severity(session: Session, ask: Ask) -> Reply:
    """Say how bad it is; without a severity, answer its criteria and take the one that is proposed."""
    incident = ask.incident(session)
    level, why = ask.first_and_rest()
    if not level:
        incidents.rules.check_live(incident)
        return Reply(view=questions(company_of(session), incident), instead=_criteria(company_of(session)))
    return _set(session, incident, level, why, ask)


def questions(company: Company, incident: Incident) -> dict[str, object]:
    """One group of boxes for each severity that has criteria."""
    asked = [
        Ticks(one.key, one.label, picks=[(str(n), text, "") for n, text in enumerate(one.criteria)])
        for one in company.severities
        if one.criteria
    ]
    intro = f"*{incident.ref}*: tick what is true now. The worst that holds is proposed."
    return QUESTIONS.view(asked, intro=intro, meta={"incident": incident.id})


@QUESTIONS.filled
def propose(session: Session, filled: Filled) -> Reply:
    company = company_of(session)
    held = [(one, n) for one in company.severities for n in filled.many(one.key)]
    meant = held[0][0] if held else company.severities[-1]
    why = "; ".join(one.criteria[int(n)] for one, n in held if one is meant and int(n) < len(one.criteria))
    levels = [(one.key, one.label, "") for one in company.severities]
    fields = (
        Choice("severity", "Severity", initial=meant.key, picks=levels, required=True),
        Line("why", "Why", initial=why or "None of the criteria holds", most=1000),
    )
    view = PROPOSAL.view(fields, intro=f"Proposed: *{escape(meant.label)}*", meta=filled.meta)
    return Reply(view=view)


@PROPOSAL.filled
def set_proposed(session: Session, filled: Filled) -> Reply:
    incident = filled.incident(session)
    with filled.beside("severity"):
        return _set(session, incident, filled.text("severity"), filled.text("why"), filled)


def _set(session: Session, incident: Incident, level: str, why: str, who: Ask | Filled) -> Reply:
    if incidents.set_severity(session, incident, level, why=why, by=who.person, now=who.now):
        return asks_for_it(session, incident, f"{incident.ref} is now {incident.severity}.")
    return Reply(f"{incident.ref} is {incident.severity} already. Nothing was changed.")


def _criteria(company: Company) -> str:
    lines = [
        f"• {escape(one.label)}: {escape('; '.join(one.criteria) or 'all else')}"
        for one in company.severities
    ]
    return "\n".join(["Choose one: `/incident severity sev2 why`", *lines])
