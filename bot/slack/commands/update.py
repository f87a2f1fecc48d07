"""Telling customers: what it is now, who hears of it, and when they hear from us again."""

from collections.abc import Sequence

from sqlmodel import Session

from bot.domain import components, updates
from bot.domain.company import company_of
from bot.domain.components import WORST_LAST
from bot.domain.incidents import Incident
from bot.domain.updates import Audience, Phase, Update, UpdateDraft, Wording
from bot.lib.words import cut
from bot.slack import buttons, words
from bot.slack.blocks import actions, section
from bot.slack.buttons import button
from bot.slack.commands import Ask, Reply, Unclear, command, unquoted
from bot.slack.forms import Choice, Field, Filled, Form, Line, Several, View, Wrong

FORM = Form("update", "Customer update", submit="Tell customers")
CHANGE = Form("update.change", "Change the update", submit="Save")
CLOSED = "The form could not be opened in time. Say it once more: `/incident update`"
MESSAGE_MAX = 2500
MOST_ASKED = 10  # components with a line of their own; more of them share one
AUDIENCES = (
    (Audience.EVERYONE, "Everyone", "The status page, and all who subscribed"),
    (Audience.PAGE, "The status page only", "Nobody gets a message"),
    (Audience.INSIDE, "Colleagues only", "Written down, and kept inside"),
)
DECISIONS = ("approve", "change", "discard")


@command("update [text|first|approve|discard]")
@button("update.open")
def update(session: Session, ask: Ask) -> Reply:
    """Tell customers, and promise the next word; `first` says at once that we know, in prepared words."""
    incident, text = ask.incident(session), words.plain(session, unquoted(ask.text))
    if text == "first":
        return tell_first(session, ask)
    if text.split(" ")[0] in DECISIONS and (waits := updates.waiting(session, incident)):
        return _decided_by_word(session, incident, text, waits, ask)
    return Reply(view=form(session, incident, text), instead=CLOSED)


@button("update.first")
def tell_first(session: Session, ask: Ask) -> Reply:
    """Prepared words, before anyone knows more."""
    incident = ask.incident(session)
    told = updates.tell_first(session, incident, by=ask.person, now=ask.now)
    if told is None:
        return Reply(f"{incident.ref}: customers were told already. Nothing was published.")
    return Reply(answer(incident, told))


@button("update.approve")
def approve(session: Session, ask: Ask) -> Reply:
    incident, id = _which(session, ask)
    told = updates.approve(session, incident, id, by=ask.person, now=ask.now)
    return Reply(answer(incident, told))


@button("update.discard")
def discard(session: Session, ask: Ask) -> Reply:
    incident, id = _which(session, ask)
    updates.discard(session, incident, id, by=ask.person, now=ask.now)
    return Reply(f"{incident.ref}: discarded. Customers were told nothing.")


@button("update.change")
def change(session: Session, ask: Ask) -> Reply:
    incident, id = _which(session, ask)
    row = next((one for one in updates.waiting(session, incident) if one.id == id), None)
    if row is None:
        raise updates.Decided
    meta = {"incident": incident.id, "draft": row.id}
    view = CHANGE.view(_fields(session, incident, row), intro=_intro(session, incident), meta=meta)
    return Reply(view=view, instead=CLOSED)


def _which(session: Session, ask: Ask) -> tuple[Incident, int]:
    word = ask.text.strip().split(" ")[-1]
    if not word.isdecimal() or len(word) > 9:
        raise Unclear("Which text? Press the button below it, or say its number: /incident update approve 3")
    return ask.incident(session), int(word)


def _decided_by_word(
    session: Session, incident: Incident, text: str, waits: list[UpdateDraft], ask: Ask
) -> Reply:
    """Without a number: the one that waits, where there is one only."""
    word, _, said = text.partition(" ")
    number = said.strip().lstrip("#")
    if not number and len(waits) > 1:
        known = "; ".join(f"{one.id}: {cut(one.message, 60)}" for one in waits)
        raise Unclear(f"Several texts wait. Say which: /incident update {word} <number>. They are {known}")
    there = Ask(number or str(waits[0].id), ask.person, ask.now, ref=incident.ref, channel=ask.channel)
    return {"approve": approve, "change": change, "discard": discard}[word](session, there)


def form(session: Session, incident: Incident, text: str = "") -> View:
    """A phase may stand first, as in `update resolved Paying works again`; a capital begins a sentence."""
    first, _, rest = text.partition(" ")
    phase = first if first in list(Phase) and rest.strip() else None
    fields = _fields(session, incident, text=rest.strip() if phase else text, phase=phase)
    return FORM.view(fields, intro=_intro(session, incident), meta={"incident": incident.id})


def _fields(
    session: Session,
    incident: Incident,
    draft: UpdateDraft | None = None,
    text: str = "",
    phase: str | None = None,
) -> Sequence[Field]:
    meant = updates.proposal(session, incident, draft.phase if draft else phase)
    phases = [(one, one.capitalize(), "") for one in Phase]
    message = draft.message if draft else text or meant.message
    return (
        Choice("phase", "Phase", initial=meant.phase, picks=phases, required=True),
        Line(
            "message",
            "Message",
            initial=message,
            hint="What customers notice, what we do, what they can do meanwhile",
            required=True,
            most=MESSAGE_MAX,
            tall=True,
        ),
        *_components(session, (draft and draft.components) or meant.components),
        Line(
            "next",
            "Next update in",
            initial=draft.next_in if draft else meant.next_in,
            hint="As 20m or 2h. The promise stands on the card",
            most=20,
        ),
        Choice(
            "audience",
            "Who hears of it",
            initial=draft.audience if draft else Audience.EVERYONE,
            picks=AUDIENCES,
        ),
        *([] if draft else _corrects(session, incident)),
    )


def _components(session: Session, proposed: dict[str, str]) -> list[Field]:
    """A line for each that is touched; all of them, where they are few."""
    known = components.known(company_of(session))
    touched = [one for one in known if one.key in proposed]
    asked = known if len(known) <= MOST_ASKED else touched[:MOST_ASKED]
    states = [(state.value, state.words.capitalize(), "") for state in WORST_LAST]
    made: list[Field] = [
        Choice(f"component/{one.key}", one.name, initial=proposed.get(one.key, "operational"), picks=states)
        for one in asked
    ]
    if rest := [(one.key, one.name, one.group) for one in known if one not in asked]:
        made.append(Several("others", "Also affected", hint="In the worst state chosen above", picks=rest))
    return made


def _corrects(session: Session, incident: Incident) -> list[Field]:
    told = [one for one in updates.of(session, incident) if one.correction_of is None][-20:]
    picks = [(str(one.id), cut(f"{one.at:%H:%M} UTC {one.message}", 70), one.phase) for one in reversed(told)]
    hint = "Only to put right what was wrong: both stay readable, and the clock goes on"
    return [Choice("corrects", "Corrects", hint=hint, picks=picks)] if picks else []


@FORM.filled
def publish(session: Session, filled: Filled) -> Reply:
    incident = filled.incident(session)
    wording = _wording(session, filled)
    with filled.beside("message"):
        told = updates.tell(session, incident, wording, by=filled.person, now=filled.now)
    return Reply(answer(incident, told))


@CHANGE.filled
def save(session: Session, filled: Filled) -> Reply:
    incident, id = filled.incident(session), int(filled.meta.get("draft", 0))
    wording = _wording(session, filled)
    with filled.beside("message"):
        told = updates.change(session, incident, id, wording, by=filled.person, now=filled.now)
    return Reply(answer(incident, told))


def _wording(session: Session, filled: Filled) -> Wording:
    incident, phase, promised = filled.incident(session), filled.text("phase"), filled.text("next")
    with filled.beside("phase"):
        meant = Phase.parse(phase)
    with filled.beside("next"):
        severity = company_of(session).severity_or_assumed(incident.severity)
        updates.rules.promise(promised, meant, severity, filled.now, filled.person.timezone)
    return Wording(
        filled.text("message"),
        phase=phase,
        next_in=promised or None,
        components=_states(filled, meant),
        audience=filled.text("audience") or Audience.EVERYONE,
        correction_of=int(filled.text("corrects") or 0) or None,
    )


def _states(filled: Filled, phase: Phase) -> dict[str, str] | None:
    """What was chosen. With the last word everything works again, whatever still stood in the form."""
    if phase is Phase.RESOLVED:
        return None
    start = "component/"
    chosen = {
        name.removeprefix(start): filled.text(name) for name in filled.answers if name.startswith(start)
    }
    if others := filled.many("others"):
        worst = components.worst(chosen.values())
        if worst == "operational":
            raise Wrong("others", "Choose the state of at least one component above.")
        chosen |= dict.fromkeys(others, worst.value)
    return chosen or None


def answer(incident: Incident, told: Update | UpdateDraft) -> str:
    """What happened, in one line."""
    if isinstance(told, UpdateDraft):
        return (
            f"{incident.ref}: your words wait for a yes from comms or the commander. The channel shows them."
        )
    until = f" Next word by {words.clock_time(told.next_update_by)}." if told.next_update_by else ""
    if not told.public:
        return f"{incident.ref}: written down, and kept inside.{until}"
    return f"{incident.ref}: customers are told.{until}"


def asks_for_it(session: Session, incident: Incident, said: str) -> Reply:
    """The answer to a move of which customers must hear, with the way to tell them."""
    owing = updates.owed(session, incident)
    if owing is None:
        return Reply(said)
    by = updates.promised_by(session, incident)
    due = f" Tell them by {words.clock_time(by)}." if by else ""
    blocks = [section(said), section(f"{owing.sentence}{due}")]
    return Reply(said, blocks=[*blocks, *actions([buttons.update_customers(incident.ref)])])


def _intro(session: Session, incident: Incident) -> str:
    """What they know already, so that nobody has to look for it."""
    last = updates.last(session, incident)
    if incident.private or incident.drill:
        kind = "private" if incident.private else "a drill"
        return f"*{incident.ref}* is {kind}: nothing of this is published."
    if last is None:
        return f"*{incident.ref}*: customers have not been told yet."
    return f"*{incident.ref}*: last told {words.moment(last.at)} ({last.phase}): {words.escape(last.message)}"
