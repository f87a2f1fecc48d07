"""The monthly pack as a mail: to whom the company names, once for each month."""

import functools
from datetime import datetime, timedelta
from pathlib import Path

from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup
from sqlmodel import Session

from bot.domain import mailings
from bot.domain.company import company_of
from bot.domain.feedback import pack
from bot.domain.mailings import HERE, Recipient
from bot.domain.people import Access, Person
from bot.lib.templates import environment, folder

USEFUL = timedelta(days=7)  # a slot that was missed for longer is no news


def send(session: Session, at: datetime, *, now: datetime) -> int:
    """Queue the pack of the month that was over at this slot of the clock; answers to how many.

    It holds what everybody in the house may see. A month in which nothing was said is not sent.
    """
    company = company_of(session)
    to = [Recipient(address) for address in company.feedback.pack_to]
    if not to or now - at > USEFUL:
        return 0
    anybody = Person(id=0, name="anybody", access=Access.VIEWER)  # who takes part in nothing
    month = pack.month_of("", at, company.workspace.timezone)
    found = pack.pack(session, month, as_=anybody, now=now)
    if not (found.count or found.aged_out or found.decided):
        return 0
    words = {"text": pack.markdown(session, found).rstrip(), "here": HERE, "month": f"{month:%Y-%m}"}
    body = Markup(pack.html(session, found))  # made of escaped Markdown, without tags of its own
    where = folder(session, "mails")
    return mailings.queue(
        session,
        key=f"pack/{month:%Y-%m}",
        subject=f"What customers said in {month:%B %Y}",
        plain=_environment(where, False).get_template("pack.txt.j2").render(words),
        html=_environment(where, True).get_template("pack.html.j2").render({**words, "body": body}),
        to=to,
        kind="pack",
        not_after=at + USEFUL,
        now=now,
    )


@functools.cache
def _environment(where: Path, html: bool) -> ImmutableSandboxedEnvironment:
    return environment(where, html=html)
