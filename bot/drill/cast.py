"""The people of a drill: what they say, click and fill in, told as it happens."""

from datetime import datetime
from typing import Any

from bot.drill.stage import Stage, StepFailed
from bot.sandbox.client import Answer


class Cast:
    """Speaks for everyone in the incident's channel, and waits for what must follow."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.channel = ""
        self.ref = ""
        self.played: dict[str, datetime] = {}

    # ---- what people do

    def joins(self, who: str) -> None:
        self.stage.person(who).joins(self.channel)
        self._told(who, "joins the channel")

    def says(self, who: str, text: str, *, form: dict[str, Any] | None = None) -> str:
        """A message or a command; a command that opens a form has it filled in. Answers the message's ts."""
        person = self.stage.person(who)
        answer = self._good(who, text, person.says(text, in_=self.channel))
        if form is not None:
            self.stage.wait(lambda: person.view, f"the form of {text}")
            self._good(who, text, person.submits(form))
        self._told(who, text)
        return answer.ts

    def clicks(self, who: str, button: str) -> None:
        self._good(who, button, self.stage.person(who).clicks(button, in_=self.channel))
        self._told(who, f"clicks [{button}]")

    def marks(self, who: str, message: str) -> None:
        self.stage.person(who).reacts("pushpin", message, in_=self.channel)
        self._told(who, "puts the message on the timeline with a pushpin")

    def happens(self, key: str) -> None:
        """An injection of the scenario's script has been played; what waits for it is judged from now on."""
        self.played[key] = self.stage.now()

    def passes(self, minutes: float) -> None:
        self.stage.passes(minutes)

    # ---- what must follow

    def wait_for_channel(self) -> None:
        names = self.stage.wait(self._new_channels, "the incident's channel")
        self.channel = names[0]
        self.ref = "INC-" + self.channel.split("-")[1]
        self.expect("the card", "Until it is closed")
        self._told("Closeout", f"opens #{self.channel}")

    def _new_channels(self) -> list[str]:
        return [name for name in self.stage.guest.channel_names() if name.startswith("inc-")]

    def expect(self, what: str, words: str) -> None:
        """The channel shows these words, now or in a moment."""
        self.stage.wait(lambda: words in self.stage.guest.transcript(self.channel), f"{what} ({words!r})")

    def _good(self, who: str, what: str, answer: Answer) -> Answer:
        if answer.error or answer.errors or (answer.status is not None and answer.status != 200):
            raise StepFailed(f"{who} did {what!r} and got: {answer.error or answer.errors or answer.status}")
        if "Nothing was" in answer.text:
            raise StepFailed(f"{who} did {what!r} and was refused: {answer.text}")
        return answer

    def _told(self, who: str, what: str) -> None:
        self.stage.settles()
        self.stage.tell(self.stage.now(), who.capitalize(), what)

    # ---- the end, which takes more than one step

    def does_the_action(self, owner: str, other: str, *, evidence: str) -> None:
        """The owner finishes the only item, and somebody else has seen that it holds."""
        self.says(owner, f"/incident done A-1 {evidence}")
        self.says(other, "/incident verify A-1")

    def answers_the_questions(self, who: str, answers: dict[str, str]) -> None:
        """Fills the postmortem's form in; a question is known by its block."""
        person = self.stage.person(who)
        self._good(
            who, "/incident postmortem write", person.says("/incident postmortem write", in_=self.channel)
        )
        view = self.stage.wait(lambda: person.view or {}, "the form of the postmortem")
        asked = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
        filled = {key: words for key, words in answers.items() if key in asked}
        self._good(who, "the postmortem's form", person.submits(filled))
        self._told(who, f"answers {len(filled)} of {len(asked)} questions of the postmortem")
