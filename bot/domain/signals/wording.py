"""A case in one sentence."""

from sqlmodel import Session

from bot.domain.company import company_of
from bot.domain.signals.drawing import said
from bot.domain.signals.model import Case
from bot.domain.signals.rules import Kind
from bot.lib.words import long_day


def what(session: Session, case: Case) -> str:
    """The signal as closeout.toml calls it, else by its own name."""
    named = {rule.key: rule.words for rule in company_of(session).signals}
    return named.get(case.signal, case.signal.replace("_", " "))


def sentence(session: Session, case: Case) -> str:
    """`pipeline lag is at 14 min since 10:02 UTC on 2 March 2026, where 40 s is usual at this hour`."""
    name, since = what(session, case), f"{case.began_at:%H:%M} UTC on {long_day(case.began_at)}"
    value, usual = said(case.value, case.unit), said(case.usual, case.unit)
    if case.kind == Kind.MISSING:
        return f"nothing of {name} since {since}, which is never that silent at this hour"
    if case.kind == Kind.DRIFT:
        return f"{name} moves away since {since}: {value}, where {usual} is usual"
    return f"{name} is at {value} since {since}, where {usual} is usual at this hour"
