"""Drills: which there are, starting one, and ending it before its time."""

from sqlmodel import Session

from bot.domain import drills, incidents
from bot.domain.drills import Drill, NoDrill, Scenario
from bot.lib.words import plural
from bot.slack import model, words
from bot.slack.blocks import Block, context, section
from bot.slack.blocks import button as drawn
from bot.slack.buttons import button
from bot.slack.commands import Ask, Reply, command

SHOWN = 20


@command("drill [name|stop] [pace]")
def drill(session: Session, ask: Ask) -> Reply:
    """List the drills, or start one; a pace of 10 plays it ten times as fast. Stop ends the running one."""
    name, pace = ask.first_and_rest()
    if not name:
        return _all(session, ask)
    if name.lower() == "stop":
        return _stop(session, ask)
    return _start(session, ask, name, pace or "1")


@button("drill.start")
def start(session: Session, ask: Ask) -> Reply:
    return _start(session, ask, ask.text.strip(), "1")


def _start(session: Session, ask: Ask, name: str, pace: str) -> Reply:
    made = drills.start(session, name, pace, by=ask.person, now=ask.now)
    if ask.response_url:
        model.wait(session, made.incident_id, ask.person.id, now=ask.now, response_url=ask.response_url)
    ref = incidents.get(session, made.incident_id).ref
    text = f"*{ref}* is a drill: {words.title(made.title)}. Opening its channel. Bring your team in there."
    return Reply(f"{text} Nobody commands yet, and nobody outside sees it.")


def _stop(session: Session, ask: Ask) -> Reply:
    """The drill of this channel; elsewhere the only one that runs."""
    running = drills.running(session)
    here = ask.incident_here(session) if not ask.ref else None
    if here is None and not ask.ref and len(running) == 1:
        here = incidents.get(session, running[0].incident_id)
        if not incidents.visible(session, here, ask.person):
            here = None
    if here is None and not ask.ref and not running:
        raise NoDrill("No drill is running. Nothing was changed.")
    made = drills.stop(session, here or ask.incident(session), by=ask.person, now=ask.now)
    link = words.link(ask.url(f"drills/{made.id}"), "Read the report")
    return Reply(f"The drill {words.title(made.title)} is over. {link}")


def _all(session: Session, ask: Ask) -> Reply:
    known = drills.known(session)
    if not known:
        return Reply("There is no scenario. Put one into runbooks/drills, then start Closeout again.")
    head = f"{plural(len(known), 'drill')}. Each is practice: nobody is paged, and nobody outside sees it."
    seen = [one for one in drills.running(session) if _sees(session, one, ask)]
    blocks = [section(head), *(_running(session, one) for one in seen)]
    blocks += [block for one in known[:SHOWN] for block in _one(one)]
    foot = (
        f"{words.link(ask.url('drills'), 'Reports of earlier drills')} · quicker: `/incident drill name 10`"
    )
    return Reply(head, [*blocks, context(foot)])


def _sees(session: Session, one: Drill, ask: Ask) -> bool:
    return incidents.visible(session, incidents.get(session, one.incident_id), ask.person)


def _running(session: Session, one: Drill) -> Block:
    room, ref = model.room_of(session, one.incident_id), incidents.get(session, one.incident_id).ref
    where = words.channel(room.channel_id) if room and room.channel_id else ref
    return section(
        f"Running now: *{words.title(one.title)}* in {where}. To end it: `/incident {ref} drill stop`"
    )


def _one(one: Scenario) -> list[Block]:
    head = f"*{words.title(one.title)}* · {one.minutes} min · `{one.name}`"
    about = f"{words.escape(one.summary)} You practise: {words.escape('; '.join(one.about))}."
    return [section(f"{head}\n{about}", drawn("Start", f"drill.start/{one.name}", one.name))]
