"""When somebody wants the digest: another day and hour, none, or also by mail."""

from sqlmodel import Session

from bot.domain import reminding
from bot.slack.commands import Ask, Reply, command
from bot.slack.words import escape

HOW = "Another time: `/incident digest fri 16:00` · none: `off` · again: `on` · by mail: `mail`, or `no mail`"


@command("digest [mon 09:00|off|on|mail]")
def digest(session: Session, ask: Ask) -> Reply:
    """Choose when your weekly digest comes, in your own time zone, or leave it."""
    said = " ".join(ask.text.lower().split())
    who, now = ask.person, ask.now
    if said in ("off", "on"):
        reminding.choose(session, who, now=now, off=said == "off")
    elif said in ("mail", "no mail"):
        reminding.choose(session, who, now=now, by_mail=said == "mail")
    elif said:
        reminding.choose(session, who, at=said, now=now)
    return Reply(f"{escape(str(reminding.wish_of(session, who)))}\n{HOW}")
