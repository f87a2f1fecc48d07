"""What customers write: noted here, read here, and explained to all of them when it is over."""

from sqlmodel import Session

from bot.domain import feedback
from bot.domain.feedback import Feedback, Filter, Source, Voice
from bot.domain.incidents import Incident
from bot.lib.words import cut, plural
from bot.slack import words
from bot.slack.commands import Ask, Reply, Unclear, command, unquoted

SHOWN, QUOTE = 5, 200
EXPLAIN = "explain"


@command("feedback [what a customer said | explain how it ended]")
def said(session: Session, ask: Ask) -> Reply:
    """Note what a customer said, see what they wrote, or explain to all who wrote how it ended."""
    first, rest = ask.first_and_rest()
    incident = ask.incident(session) if ask.ref else ask.incident_here(session)
    if not first:
        return Reply(_list(session, ask, incident))
    if first.lower() == EXPLAIN:
        return _explain(session, ask, unquoted(rest))
    voice = Voice(words.plain(session, unquoted(ask.text)), source=Source.COLLEAGUE, incident=incident)
    kept = feedback.take(session, voice, by=ask.person, now=ask.now)
    return Reply(f"Kept as {_link(ask, kept)}{_about(kept)}.")


def _about(kept: Feedback) -> str:
    about = f", about INC-{kept.incident_id}" if kept.incident_id else ""
    return f"{about}, tagged {', '.join(kept.tags)}" if kept.tags else about


def _explain(session: Session, ask: Ask, text: str) -> Reply:
    incident = ask.incident(session)
    if not text:
        raise Unclear(
            "What should they know? Say it as to a customer: "
            "/incident feedback explain A change we made slowed payments; it is taken back."
        )
    count = feedback.explain(session, incident, words.plain(session, text), by=ask.person, now=ask.now)
    if not count:
        return Reply(f"{incident.ref}: nobody waits for an explanation. Nothing was sent.")
    return Reply(f"{incident.ref}: {plural(count, 'customer')} who wrote will read it, with two questions.")


def _list(session: Session, ask: Ask, incident: Incident | None) -> str:
    wanted = Filter(incident=incident.id if incident else None, waiting=incident is None)
    count = feedback.count(session, wanted, as_=ask.person)
    if not count:
        return _nothing(incident)
    newest = feedback.page(session, wanted, as_=ask.person, limit=SHOWN)
    who = f"{plural(count, 'customer')} {'has' if count == 1 else 'have'}"
    head = f"{incident.ref}: {who} written." if incident else f"What {plural(count, 'customer')} wrote waits."
    lines = [f"• {_link(ask, one)} {_quote(one)}" for one in newest]
    page = ask.url(f"feedback?incident={incident.ref}" if incident else "feedback?waiting=1")
    return "\n".join([head, *lines, f"{words.link(page, 'See all')}"])


def _nothing(incident: Incident | None) -> str:
    if incident is None:
        return "Nothing that customers wrote waits. Note what one says: `/incident feedback Acme cannot pay`"
    return (
        f"{incident.ref}: no customer has written. Note what one says: `/incident feedback Acme cannot pay`"
    )


def _quote(one: Feedback) -> str:
    said = words.escape(cut(" ".join(one.words.split()), QUOTE))
    marks = [*(["high"] if one.high else []), *one.tags]
    return f"{said} ({', '.join(marks)})" if marks else said


def _link(ask: Ask, one: Feedback) -> str:
    return words.link(ask.url(f"feedback/{one.id}"), one.ref)
