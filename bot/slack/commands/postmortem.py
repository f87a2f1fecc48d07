"""The postmortem: its state, its link, its open questions, and its end."""

from collections.abc import Callable

from sqlmodel import Session

from bot.domain import incidents, postmortems
from bot.domain.incidents import Incident
from bot.domain.postmortems import PostmortemStatus
from bot.lib.words import cut, plural
from bot.slack import words
from bot.slack.blocks import Block, actions, confirm, sections
from bot.slack.blocks import button as drawn
from bot.slack.buttons import button
from bot.slack.commands import Ask, Reply, Unclear, command
from bot.slack.forms import Filled, Form, Line

FORM = Form("postmortem.write", "Postmortem", submit="Save")
CLOSED = "The form could not be opened in time. Say it once more: `/incident postmortem write`"
ANSWER_MAX, ASKED = 3000, 20


@command("postmortem [write|review|approve|back|publish]")
@button("postmortem.open")
def postmortem(session: Session, ask: Ask) -> Reply:
    """Show the draft and its link; answer its questions; have it reviewed; publish it."""
    incident = ask.incident(session)
    word, _, rest = ask.text.strip().partition(" ")
    if not word:
        said = _state(session, incident, ask)
        return Reply(said, [*sections(said), *_buttons(session, incident, ask)])
    if word.lower() not in WORDS:
        raise Unclear(
            f"{word!r} is not among its words. Say /incident postmortem, or after it one of: "
            f"{', '.join(WORDS)}."
        )
    return WORDS[word.lower()](session, incident, ask, rest.strip())


@button("postmortem.approve")
def approve(session: Session, ask: Ask) -> Reply:
    return _approve(session, ask.incident(session), ask)


@button("postmortem.write")
def write(session: Session, ask: Ask) -> Reply:
    return _form(session, ask.incident(session), ask)


@button("postmortem.publish")
def publish(session: Session, ask: Ask) -> Reply:
    return _publish(session, ask.incident(session), ask)


def _review(session: Session, incident: Incident, ask: Ask, who: str) -> Reply:
    reviewer = ask.someone(session, who) if who else None
    done = postmortems.submit(session, incident, by=ask.person, now=ask.now, reviewer=reviewer)
    if not done:
        return Reply(f"The postmortem of {incident.ref} is in review already. Nothing was changed.")
    left = len(postmortems.findings(session, incident))
    look = f" Its checklist has {plural(left, 'thing')} to look at." if left else ""
    return Reply(f"The postmortem of {incident.ref} is handed in for review.{look} {_link(incident, ask)}")


def _approve(session: Session, incident: Incident, ask: Ask, _: str = "") -> Reply:
    if postmortems.approve(session, incident, by=ask.person, now=ask.now):
        return Reply(f"You approved the postmortem of {incident.ref}. {_link(incident, ask)}")
    return Reply(f"The postmortem of {incident.ref} is approved already. Nothing was changed.")


def _back(session: Session, incident: Incident, ask: Ask, why: str) -> Reply:
    postmortems.send_back(session, incident, why, by=ask.person, now=ask.now)
    return Reply(f"The postmortem of {incident.ref} goes back to its author.")


def _publish(session: Session, incident: Incident, ask: Ask, _: str = "") -> Reply:
    if postmortems.publish(session, incident, by=ask.person, now=ask.now):
        return Reply(f"The postmortem of {incident.ref} is published: {_link(incident, ask)}")
    return Reply(f"The postmortem of {incident.ref} is published already. Nothing was changed.")


def _form(session: Session, incident: Incident, ask: Ask, _: str = "") -> Reply:
    """Each question of the template with what was answered so far."""
    postmortems.open_draft(session, incident, by=ask.person, now=ask.now)
    asked = postmortems.questions(session, incident)
    fields = [
        Line(one.key, cut(one.question, 2000), initial=one.answer, tall=True, most=ANSWER_MAX)
        for one in asked[:ASKED]
        if len(one.answer) <= ANSWER_MAX
    ]
    if not fields:
        return Reply(
            f"Its answers are too long for a form of Slack. Write on the page: {_link(incident, ask)}"
        )
    intro = f"*{incident.ref}* {words.title(incident.title)}. Everything else is computed."
    return Reply(view=FORM.view(fields, intro=intro, meta={"incident": incident.id}), instead=CLOSED)


@FORM.filled
def save(session: Session, filled: Filled) -> Reply:
    """Only what was changed is written, so that two who write at the same time keep their own."""
    incident = filled.incident(session)
    written = 0
    for one in postmortems.questions(session, incident)[:ASKED]:
        said = filled.text(one.key)
        if len(one.answer) <= ANSWER_MAX and said.strip() != one.answer.strip():
            with filled.beside(one.key):
                postmortems.write(session, incident, one.key, said, by=filled.person, now=filled.now)
            written += 1
    return Reply(f"{incident.ref}: {plural(written, 'answer')} written into the postmortem.")


def _state(session: Session, incident: Incident, ask: Ask) -> str:
    state = postmortems.state(session, incident)
    head = f"*{incident.ref}* {words.title(incident.title)}"
    if state.status is None:
        owed = "It is opened on resolve." if state.owed else "None is owed. Write one all the same:"
        return f"{head}: no postmortem yet. {owed} `/incident postmortem write`"
    owner = words.name(session, state.owner_id)
    if state.published_at:
        return f"{head}: published {words.moment(state.published_at)}. {_link(incident, ask)}"
    due = f", due {words.day(state.due_at)}" if state.due_at else ""
    left = [one for one in postmortems.questions(session, incident) if not one.answer.strip()]
    unanswered = f" {plural(len(left), 'question')} still open." if left else " Every question is answered."
    stage = state.status.words if state.status == PostmortemStatus.IN_REVIEW else f"in {state.status.words}"
    stage = "approved" if state.status == PostmortemStatus.APPROVED else stage
    return f"{head}: the postmortem is {stage}{due}, owned by {owner}.{unanswered} {_link(incident, ask)}"


def _buttons(session: Session, incident: Incident, ask: Ask) -> list[Block]:
    state = postmortems.state(session, incident)
    if state.published_at:
        return []
    made = [drawn("Write", "postmortem.write", incident.ref)]
    if _may_approve(session, incident, ask):
        made.append(drawn("Approve", "postmortem.approve", incident.ref))
    if incident.status == incidents.Status.RESOLVED and state.status is not None:
        sure = confirm("Publish it?", "Questions that nobody answered stay visible.", "Publish")
        made.append(drawn("Publish", "postmortem.publish", incident.ref, confirm=sure))
    return actions(made)


def _may_approve(session: Session, incident: Incident, ask: Ask) -> bool:
    """Offered to whoever wrote nothing of it, while it is in review."""
    state = postmortems.state(session, incident)
    is_author = ask.person.id in postmortems.authors(session, incident)
    return state.status == PostmortemStatus.IN_REVIEW and not is_author


def _link(incident: Incident, ask: Ask) -> str:
    return words.link(ask.url(f"incidents/{incident.ref}/postmortem"), "Read it")


Act = Callable[[Session, Incident, Ask, str], Reply]
WORDS: dict[str, Act] = {
    "write": _form,
    "review": _review,
    "approve": _approve,
    "back": _back,
    "publish": _publish,
}
