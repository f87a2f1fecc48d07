"""A form is data: fields in, a view out, and the answers back. A wrong answer is said beside its field."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from bot.domain import incidents, people
from bot.domain.incidents import Incident
from bot.domain.people import Person
from bot.lib.errors import Refused
from bot.slack.blocks import OPTIONS, TEXT, Block, chunks, context, modal, option, plain, sections, whole

Pick = tuple[str, str, str]  # value, label, description
View = dict[str, Any]
Answer = str | tuple[str, ...]


class Wrong(Refused):
    """Something in the form is not right; the sentence stands beside the field."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Field:
    """One labelled input. Its name is what the answer is asked for by."""

    name: str
    label: str
    initial: str = ""
    hint: str = ""
    required: bool = False

    def element(self) -> Block:
        raise NotImplementedError

    def block(self) -> Block:
        made: Block = {"type": "input", "block_id": self.name, "label": plain(self.label, 2000)}
        made |= {"element": {"action_id": self.name} | self.element(), "optional": not self.required}
        return made | ({"hint": plain(self.hint, 2000)} if self.hint else {})


@dataclass(frozen=True)
class Line(Field):
    """A line of text, or several."""

    most: int = TEXT
    tall: bool = False

    def element(self) -> Block:
        made: Block = {"type": "plain_text_input", "multiline": self.tall, "max_length": self.most}
        return made | ({"initial_value": whole(self.initial, self.most)} if self.initial else {})


@dataclass(frozen=True)
class Choice(Field):
    """One of a few. `initial` is a value."""

    picks: Sequence[Pick] = ()

    def element(self) -> Block:
        options = [option(*pick) for pick in self.picks]
        chosen = [one for one in options if one["value"] == self.initial]
        made = {"type": "static_select"} | _menu(options)
        return made | ({"initial_option": chosen[0]} if chosen else {})


@dataclass(frozen=True)
class Several(Field):
    """Any number of many. Where there is nothing to choose from, a line of text with commas."""

    picks: Sequence[Pick] = ()
    chosen: Sequence[str] = ()

    def element(self) -> Block:
        if not self.picks:
            return Line(self.name, self.label, initial=self.initial).element()
        options = [option(*pick) for pick in self.picks]
        initial = [one for one in options if one["value"] in self.chosen]
        made = {"type": "multi_static_select"} | _menu(options)
        return made | ({"initial_options": initial} if initial else {})


@dataclass(frozen=True)
class Ticks(Field):
    """Up to ten boxes to tick."""

    picks: Sequence[Pick] = ()
    chosen: Sequence[str] = ()

    def element(self) -> Block:
        options = [option(*pick) for pick in self.picks[:10]]
        initial = [one for one in options if one["value"] in self.chosen]
        return {"type": "checkboxes", "options": options} | ({"initial_options": initial} if initial else {})


@dataclass(frozen=True)
class Someone(Field):
    """A person of the workspace; `initial` is a Slack id."""

    def element(self) -> Block:
        return {"type": "users_select"} | ({"initial_user": self.initial} if self.initial else {})


@dataclass(frozen=True)
class Day(Field):
    """A date in the reader's own zone; `initial` is written 2026-03-02."""

    def element(self) -> Block:
        return {"type": "datepicker"} | ({"initial_date": self.initial} if self.initial else {})


@dataclass(frozen=True)
class Filled:
    """What a person submitted."""

    answers: Mapping[str, Answer]
    meta: Mapping[str, Any]
    person: Person
    now: datetime
    view_id: str = ""
    public_url: str = ""

    def text(self, name: str) -> str:
        answer = self.answers.get(name, "")
        return answer if isinstance(answer, str) else ", ".join(answer)

    def many(self, name: str) -> tuple[str, ...]:
        answer = self.answers.get(name, ())
        parts = answer.split(",") if isinstance(answer, str) else answer
        return tuple(part.strip() for part in parts if part.strip())

    def day(self, name: str) -> date | None:
        return date.fromisoformat(self.text(name)) if self.text(name) else None

    def someone(self, session: Session, name: str) -> Person | None:
        """The person chosen there; someone who has left is refused beside the field."""
        with self.beside(name):
            return people.meant(session, f"<@{self.text(name)}>") if self.text(name) else None

    def needed(self, session: Session, name: str) -> Person:
        if person := self.someone(session, name) or self.known(session, name):
            return person
        raise Wrong(name, "Choose someone.")

    def known(self, session: Session, name: str) -> Person | None:
        """The person whom the form was opened about."""
        id = self.meta.get(name)
        return people.get(session, id) if isinstance(id, int) else None

    def incident(self, session: Session) -> Incident:
        """The incident chosen in the form, else the one it was opened for."""
        ref = self.text("incident") or f"INC-{self.meta.get('incident', 0)}"
        with self.beside("incident"):
            return incidents.find(session, ref, as_=self.person)

    @contextmanager
    def beside(self, name: str) -> Iterator[None]:
        """What is refused in here is said beside this field."""
        try:
            yield
        except Wrong:
            raise
        except Refused as error:
            raise Wrong(name, str(error)) from None


@dataclass
class Form:
    """A view by its callback; `filled` marks the function that takes the answers."""

    callback: str
    title: str
    submit: str = "Save"
    answer: Callable[..., Any] | None = field(default=None, compare=False)

    def view(
        self, fields: Sequence[Field], *, intro: str = "", meta: Mapping[str, Any] | None = None
    ) -> View:
        blocks = [*(sections(intro) if intro else []), *(one.block() for one in fields)]
        return modal(self.title, blocks, callback=self.callback, submit=self.submit, meta=dict(meta or {}))

    def filled(self, function: Callable[..., Any]) -> Callable[..., Any]:
        self.answer = function
        return function


def told(title: str, text: str, *, external_id: str = "", note: str = "") -> View:
    """A view that only says something: the answer to a form."""
    blocks = [*sections(text), *([context(note)] if note else [])]
    return modal(title, blocks, external_id=external_id)


def answers_of(view: Mapping[str, Any]) -> dict[str, Answer]:
    """`view.state.values`, flat: what is empty is left out."""
    found: dict[str, Answer] = {}
    for name, states in view.get("state", {}).get("values", {}).items():
        for state in states.values():
            if (answer := _answer(state)) not in (None, "", ()):
                found[name] = answer or ""
    return found


KEPT = (
    "value",
    "selected_user",
    "selected_date",
    "selected_conversation",
    "selected_channel",
    "selected_time",
)


def _answer(state: Mapping[str, Any]) -> Answer | None:
    if chosen := state.get("selected_option"):
        return str(chosen["value"])
    if "selected_options" in state:
        return tuple(str(one["value"]) for one in state["selected_options"] or ())
    return next((str(state[key]) for key in KEPT if state.get(key)), None)


def errors_in(view: Mapping[str, Any], error: Refused) -> dict[str, str]:
    """The refusal beside its field, else beside the first: Slack takes errors of inputs alone."""
    inputs = [block["block_id"] for block in view.get("blocks", []) if block["type"] == "input"]
    asked = getattr(error, "field", "")
    place = asked if asked in inputs else next(iter(inputs), "")
    return {place: str(error)[:2000]} if place else {}


def _menu(options: Sequence[Block]) -> Block:
    """A menu holds 100 options; more of them are parted into groups."""
    if len(options) <= OPTIONS:
        return {"options": list(options)}
    parts = chunks(options[: OPTIONS * OPTIONS], OPTIONS)
    groups = [{"label": plain(f"{part[0]['text']['text'][:30]} …", 75), "options": part} for part in parts]
    return {"option_groups": groups}
