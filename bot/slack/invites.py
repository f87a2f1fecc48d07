"""Who is brought into an incident's channel; one who cannot come does not keep the others out."""

from functools import partial

from sqlmodel import Session

from bot.domain import incidents, people
from bot.domain.people import Person
from bot.slack import words
from bot.slack.blocks import chunks, said
from bot.slack.calls import Json, SlackRefused
from bot.slack.desk import Desk
from bot.slack.members import Members

MOST = 100  # Slack's limit for one call
NOT_NEEDED = {"already_in_channel", "cant_invite_self"}
GUESTS = {"cant_invite", "ura_max_channels", "user_is_restricted"}
WHY = {
    "cant_invite": "Slack does not allow it",
    "invitee_cant_see_channel": "may not see this channel",
    "no_slack": "is not in this Slack workspace",
    "org_user_not_in_team": "is not in this Slack workspace",
    "ura_max_channels": "is a guest of another channel",
    "user_is_restricted": "is a guest with few rights",
    "user_not_found": "is not in this Slack workspace",
    "user_not_in_workspace": "is not in this Slack workspace",
}


class Invites:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.members = Members(desk.slack, desk.courier, desk.clock)

    async def everybody(self, key: str, channel: str, persons: list[Person]) -> Json:
        """Into a new channel. Answers who could not be brought in."""
        return await self.desk.do(key, partial(self._invite, channel, persons))

    async def bring_in(self, key: str, id: int, persons: list[int]) -> None:
        invited = await self.desk.do(key, partial(self._invite_later, id, persons))
        if await self.desk.went_well(id, invited):
            await self.say_who_is_missing(f"{key}/missing", id, invited)

    async def say_who_is_missing(self, key: str, id: int, invited: Json) -> None:
        """A note for those who are there."""
        room = await self.desk.room(id)
        missing: list[tuple[int, str]] = invited.get("missing") or []
        if not missing or room is None or (channel := room.usable) is None:
            return

        async def act() -> Json:
            text = await self.desk.courier.ask(_who_is_missing, missing)
            return await self.desk.post(channel, key, **said(text))

        await self.desk.went_well(id, await self.desk.do(key, act, lambda: self.desk.find(channel, key)))

    async def _invite_later(self, id: int, persons: list[int]) -> Json:
        room = await self.desk.room(id)
        if room is None or room.usable is None:
            return {}
        return await self._invite(room.usable, await self.desk.courier.ask(wanted, id, persons))

    async def _invite(self, channel: str, persons: list[Person]) -> Json:
        users = {slack_id: person.id for person in persons if (slack_id := await self._slack_id(person))}
        missing = [(person.id, "no_slack") for person in persons if person.id not in users.values()]
        for batch in chunks(users, MOST):
            missing += [(users[user], code) for user, code in await self._call(channel, batch)]
        return {"missing": missing}

    async def _slack_id(self, person: Person) -> str | None:
        """Someone known by e-mail alone, as PagerDuty names them, may well be in Slack."""
        if person.slack_id or not person.email:
            return person.slack_id
        return await self.members.find(person.email)

    async def _call(self, channel: str, users: list[str]) -> list[tuple[str, str]]:
        """Invite at once; answers who was refused, and Slack's code for it."""
        try:
            answer = await self.desk.write("conversations.invite", channel, users=",".join(users), force=True)
        except SlackRefused as refused:
            if not refused.answer.get("errors"):
                return await self._one_by_one(channel, users, refused)
            answer = refused.answer
        errors = [(one.get("user"), str(one.get("error"))) for one in answer.get("errors") or []]
        return [(user, code) for user, code in errors if user in users and code not in NOT_NEEDED]

    async def _one_by_one(
        self, channel: str, users: list[str], refused: SlackRefused
    ) -> list[tuple[str, str]]:
        if refused.code not in WHY:
            raise refused  # it is about the channel, not about them
        if len(users) == 1:
            return [(users[0], refused.code)]
        return [one for user in users for one in await self._call(channel, [user])]


def wanted(session: Session, id: int, persons: list[int] | None = None) -> list[Person]:
    """These, or all who take part so far; in the order of their ids, as a repeated call must be."""
    incident = incidents.get(session, id)
    ids = persons
    if ids is None:
        ids = [*incidents.members(session, incident), *incidents.seats(session, incident).values()]
    found = {person.id: person for person in (people.get(session, id) for id in ids)}
    return [found[id] for id in sorted(found) if found[id].is_active and not found[id].is_system]


def _who_is_missing(session: Session, missing: list[tuple[int, str]]) -> str:
    who = [f"{words.name(session, id)} ({WHY.get(code, words.escape(code))})" for id, code in missing]
    return f"Could not be brought in: {', '.join(who)}. {_remedy(missing)}"


def _remedy(missing: list[tuple[int, str]]) -> str:
    """A guest is let in by any member; who is not in Slack is told elsewhere."""
    if any(code in GUESTS for _, code in missing):
        return "A member can do what a bot may not: say `/invite` and the name, here."
    return "They can be told by other means."
