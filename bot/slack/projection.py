"""Slack as a picture of the rows: everything that listens to facts and shows them there."""

from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.lib.clock import Clock
from bot.lib.courier import Courier
from bot.lib.effects import Door
from bot.slack.announce import Announcements
from bot.slack.answers import Answers
from bot.slack.briefs import Briefs
from bot.slack.calls import Slack
from bot.slack.checklists import Checklists
from bot.slack.customers import Customers
from bot.slack.desk import Desk
from bot.slack.direct import Direct
from bot.slack.drafts import Drafts
from bot.slack.members import Members
from bot.slack.pins import Pins
from bot.slack.redraw import Cards, Pace
from bot.slack.reminding import Calm, Reminding
from bot.slack.rooms import Rooms


@dataclass(frozen=True)
class Projection:
    """Made when every feature has been imported: what is loud is read off the facts that are known then."""

    slack: Slack
    members: Members
    cards: Cards
    announcements: Announcements
    listeners: tuple[object, ...]  # in the order of urgency, for Listeners.add_all

    async def prepare(self) -> None:
        """What can be known before the first incident, so that the first one need not wait for it."""
        await self.announcements.find_place()
        await self.members.sync()


def project(
    client: AsyncWebClient,
    courier: Courier,
    clock: Clock,
    public_url: str,
    door: Door | None = None,
    *,
    pace: Pace | None = None,
) -> Projection:
    slack = Slack(client, door or Door("Slack"))
    desk = Desk(slack, courier, clock, public_url.rstrip("/"))
    pace = pace or Pace()
    cards, announcements = Cards(desk, pace), Announcements(desk)
    listeners = (
        Rooms(desk, cards),
        cards,
        Answers(desk, pace.sleep),
        announcements,
        Checklists(desk),
        Drafts(desk),
        Direct(desk),
        Briefs(desk),
        Pins(desk),
        Customers(desk),
        Reminding(desk, announcements, Calm(sleep=pace.sleep)),
    )
    return Projection(slack, Members(slack, courier, clock), cards, announcements, listeners)
