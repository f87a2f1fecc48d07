"""Help, made from the commands; and the ways out of Slack."""

from sqlmodel import Session

from bot.domain.people import logins
from bot.slack.commands import Ask, Reply, Unclear, all_commands, command, no_such_word
from bot.slack.words import escape, link

DRILLS = {"checkout-outage": "A payment provider fails: from the first page to a closed incident."}


@command("help [word]")
def help(session: Session, ask: Ask) -> Reply:
    """Show what can be said."""
    known, word = all_commands(), ask.text.strip().lower()
    if word and word not in known:
        raise Unclear(no_such_word(word, known))
    shown = [known[word]] if word else list(known.values())
    lines = [f"`/incident {escape(one.usage)}` {escape(one.help)}" for one in shown]
    foot = "Outside an incident's channel its reference stands first: `/incident INC-7 status`"
    return Reply("\n".join([*lines, "", foot]))


@command("web")
def web(session: Session, ask: Ask) -> Reply:
    """Get a link that signs you in to the pages, once."""
    path = logins.issue(session, ask.person, now=ask.now)
    return Reply(
        f"{link(ask.url(path), 'Open Closeout')}. The link is yours alone: it works once, for 10 minutes."
    )


@command("drill [name]")
def drill(session: Session, ask: Ask) -> Reply:
    """List the drills that can be held."""
    word = ask.text.strip()
    if word and word not in DRILLS:
        raise Unclear(f"{word!r} is no drill. Choose one of: {', '.join(DRILLS)}. Nothing was changed.")
    shown = {word: DRILLS[word]} if word else DRILLS
    lines = [
        f"• *{escape(name)}* {escape(about)} In a terminal: `closeout drill {name}`"
        for name, about in shown.items()
    ]
    return Reply("\n".join(lines))
