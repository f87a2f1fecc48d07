"""When somebody wants the digest, whether at all, and whether also by mail."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.domain import people
from bot.domain.company import company_of
from bot.domain.people import Person, Preference
from bot.domain.reminding import rules
from bot.domain.reminding.facts import DigestChosen
from bot.lib.facts import record


@dataclass(frozen=True)
class Wish:
    """What holds for one person now."""

    at: str  # like `mon 09:00`, in their own zone
    is_own: bool  # they chose it
    is_off: bool
    by_mail: bool
    zone: str

    def __str__(self) -> str:
        if self.is_off:
            return "You get no digests. To have them again: `/incident digest on`"
        whose = "" if self.is_own else ", as the company's"
        mail = " It also comes by mail." if self.by_mail else ""
        return f"Your digest comes on {self.at} ({self.zone}){whose}.{mail}"


def wish_of(session: Session, person: Person) -> Wish:
    row = session.get(Preference, person.id) or Preference(person_id=person.id)
    at = row.digest_at or company_of(session).digest.weekly
    return Wish(at, bool(row.digest_at), row.digest_off, row.by_mail, person.timezone)


def choose(
    session: Session,
    person: Person,
    *,
    now: datetime,
    at: str | None = None,
    off: bool | None = None,
    by_mail: bool | None = None,
) -> bool:
    """Change what is named; `at=""` is the company's hour. False when it was so. Raises BadWeekly."""
    row = session.get(Preference, person.id) or Preference(person_id=person.id)
    old = (row.digest_at, row.digest_off, row.by_mail)
    if at is not None:
        row.digest_at = rules.weekly(at) if at.strip() else ""
        row.digest_off = False
    row.digest_off = row.digest_off if off is None else off
    row.by_mail = row.by_mail if by_mail is None else by_mail
    new = (row.digest_at, row.digest_off, row.by_mail)
    if new == old:
        return False
    session.add(row)
    session.flush()
    said = {"at": row.digest_at, "is_off": row.digest_off, "by_mail": row.by_mail}
    record(session, DigestChosen(by=person.id, **said), at=now)
    return True


def gets_mail(session: Session, person: Person) -> bool:
    """Whoever is not in Slack is written to; of the others, who asked for it."""
    if not person.email or not person.is_active:
        return False
    row = session.get(Preference, person.id)
    return not people.is_in_slack(session, person) or bool(row and row.by_mail)
