"""Help, made from the commands; and the ways out of Slack."""

from sqlmodel import Session

from bot.domain.people import logins
from bot.slack.commands import Ask, Reply, Unclear, all_commands, command, no_such_word
from bot.slack.words import escape, link


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
