"""An account owner whom Slack does not know reads of a quiet case in a mail."""

from sqlmodel import Session

from bot.domain import mailings, people
from bot.domain.customers.wording import mail
from bot.domain.signals.facts import CaseOpened
from bot.lib.facts import moment, on


@on(CaseOpened, name="mail_cases")
def mail_owner(session: Session, fact: CaseOpened) -> None:
    owner = people.get(session, fact.owner) if fact.owner else None
    if owner is None or not owner.email or people.is_in_slack(session, owner):
        return
    link = f"{mailings.HERE}/cases/C-{fact.case}"
    mail(
        session,
        owner.email,
        key=f"case/{fact.case}/owner",
        subject=f"{fact.name}: {fact.what} is unusual",
        text=f"{fact.name}: {fact.said}.\n\nThe evidence, and a drafted word to them: {link}",
        now=moment(session),
    )
