"""When an action item is verified, whoever wrote about what was behind it is told."""

from sqlmodel import Session

from bot.domain import actions
from bot.domain.actions import ActionVerified
from bot.domain.feedback import answers
from bot.lib.facts import moment, on


@on(ActionVerified, name="tell_reporters")
def tell_reporters(session: Session, fact: ActionVerified) -> None:
    """In the transaction in which it is noted as heard, so that nobody is told twice."""
    item = actions.get(session, fact.item)
    answers.tell_mended(session, item, now=moment(session))
