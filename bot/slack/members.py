"""The people of the workspace, taken over from Slack: all of them once a day, strangers when they appear."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from bot.domain import people
from bot.domain.people import Introduction
from bot.lib.courier import Courier
from bot.slack.calls import Json, Slack, SlackRefused

PAGE = 200
BATCH = 200
SLACKBOT = "USLACKBOT"


class Members:
    def __init__(self, slack: Slack, courier: Courier) -> None:
        self.slack = slack
        self.courier = courier

    async def sync(self) -> int:
        """Take over everybody; answers how many there are."""
        listed = await self.slack.pages("users.list", "members", most=500, limit=PAGE)
        met = [introduction(one) for one in listed if _is_human(one)]
        for start in range(0, len(met), BATCH):
            await self.courier.run(introduce, met[start : start + BATCH])
        return len(met)

    async def meet(self, slack_id: str) -> bool:
        """Learn who a stranger is. False where Slack will not tell."""
        try:
            answer = await self.slack.call("users.info", user=slack_id)
        except SlackRefused:
            return False
        return await self._take(answer["user"])

    async def find(self, email: str) -> str | None:
        """The Slack id behind an e-mail address."""
        try:
            answer = await self.slack.call("users.lookupByEmail", email=email)
        except SlackRefused:
            return None
        await self._take(answer["user"])
        found: str = answer["user"]["id"]
        return found

    async def _take(self, user: Json) -> bool:
        if _is_human(user):
            await self.courier.run(introduce, [introduction(user)])
        return _is_human(user)


def introduce(session: Session, met: Sequence[Introduction]) -> None:
    for one in met:
        people.introduce(session, one)


def introduction(user: Json) -> Introduction:
    """What Slack says of a user."""
    profile: dict[str, Any] = user.get("profile") or {}
    name = profile.get("real_name") or user.get("real_name") or profile.get("display_name")
    return Introduction(
        slack_id=user["id"],
        name=str(name or user.get("name") or user["id"]),
        email=profile.get("email") or None,
        timezone=user.get("tz") or "UTC",
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_active=not user.get("deleted", False),
    )


def _is_human(user: Json) -> bool:
    return not user.get("is_bot") and user.get("id") != SLACKBOT
