"""The people of the workspace, taken over from Slack: all of them once a day, strangers when they appear."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.domain import people
from bot.domain.company import company_of
from bot.domain.people import Introduction
from bot.lib.clock import Clock
from bot.lib.courier import Courier
from bot.slack.calls import Json, Slack, SlackRefused

log = logging.getLogger(__name__)
PAGE = 200
BATCH = 200
SLACKBOT = "USLACKBOT"


class Members:
    def __init__(self, slack: Slack, courier: Courier, clock: Clock) -> None:
        self.slack = slack
        self.courier = courier
        self.clock = clock

    async def sync(self) -> int:
        """Take over everybody; answers how many there are."""
        listed = await self.slack.pages("users.list", "members", most=500, limit=PAGE)
        met = [introduction(one) for one in listed if _is_human(one)]
        for start in range(0, len(met), BATCH):
            await self.courier.run(introduce, met[start : start + BATCH], now=self.clock())
        await self._join_groups()
        return len(met)

    async def _join_groups(self) -> None:
        """Who is in the user groups that closeout.toml gives a role. Asked only where it names one."""
        wanted = await self.courier.ask(_groups_named)
        if not wanted:
            return
        try:
            listed = await self.slack.call("usergroups.list", include_users=True)
        except SlackRefused as refused:
            log.warning("The user groups that closeout.toml names cannot be read: %s", refused)
            return
        groups = listed.get("usergroups") or []
        members = {one["handle"]: one.get("users") or [] for one in groups if one["handle"] in wanted}
        await self.courier.run(people.join_groups, members, now=self.clock())

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
            await self.courier.run(introduce, [introduction(user)], now=self.clock())
        return _is_human(user)


def _groups_named(session: Session) -> set[str]:
    return people.groups_named(company_of(session))


def introduce(session: Session, met: Sequence[Introduction], *, now: datetime) -> None:
    """Whoever is met has from that moment on the role that closeout.toml gives to their address."""
    for one in met:
        people.introduce(session, one)
    people.appoint(session, now=now)


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
