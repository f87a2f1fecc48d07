"""A customer update that waits for a yes: one message in the channel, with the ways to decide below it."""

from functools import partial

from sqlmodel import Session

from bot.domain import components, incidents, updates
from bot.domain.company import company_of
from bot.domain.incidents import Incident
from bot.domain.updates import DraftState, UpdateDiscarded, UpdateDraft, UpdateDrafted, UpdatePublished
from bot.lib.facts import Event, on
from bot.slack import buttons, words
from bot.slack.blocks import Block, actions, context, section
from bot.slack.calls import Json, SlackRefused
from bot.slack.desk import Desk
from bot.slack.model import RoomOpened

LONGEST = 2800
DELETED = {"cant_update_message", "edit_window_closed", "message_not_found"}
BECAME = {
    DraftState.PUBLISHED: "Approved by {who}, and told",
    DraftState.DISCARDED: "Discarded by {who}: customers were told nothing",
    DraftState.REPLACED: "Changed by {who}",
}


class Drafts:
    """One ear, which folds; what was written before there was a channel is posted when it opens."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @on(RoomOpened, UpdateDrafted, UpdateDiscarded, UpdatePublished, name="drafts", folds=True)
    async def drafts(self, told: list[Event]) -> None:
        id = told[-1].incident_id
        drawn = await self.desk.do(f"{told[-1].key}/drafts", partial(self._draw, id, told[0]))
        await self.desk.went_well(id, drawn)

    async def _draw(self, id: int, first: Event) -> Json:
        room = await self.desk.room(id)
        if room is None or (channel := room.usable) is None:
            return {}
        for draft_id, message in (await self.desk.courier.ask(_looks, id, first)).items():
            await self._show(channel, f"draft/{draft_id}", message)
        return {}

    async def _show(self, channel: str, key: str, message: Json) -> None:
        """Edited where it stands, else posted, if it still waits; an earlier try may have posted it."""
        found = await self.desk.find(channel, key)
        if found is None:
            if message.pop("waits"):
                await self.desk.post(channel, key, **message)
            return
        message.pop("waits")
        try:
            await self.desk.write("chat.update", channel, ts=found["ts"], **message)
        except SlackRefused as refused:
            if refused.code not in DELETED:
                raise


def _looks(session: Session, id: int, first: Event) -> dict[int, Json]:
    """Of each that waits, or was decided since then."""
    incident = incidents.get(session, id)
    moved = [
        one
        for one in updates.drafts(session, incident)
        if one.is_waiting or (one.decided_at and one.decided_at >= first.at)
    ]
    return {
        one.id: {"text": _head(session, one), "blocks": look(session, incident, one), "waits": one.is_waiting}
        for one in moved
    }


def look(session: Session, incident: Incident, draft: UpdateDraft) -> list[Block]:
    """What customers would read, and who may say yes."""
    said = "\n".join(f"> {line}" for line in words.escape(draft.message).splitlines())
    blocks = [section(_head(session, draft)), section(words.shorten(said, LONGEST))]
    if shown := _states(session, draft):
        blocks.append(context(words.escape(shown)))
    if draft.is_waiting:
        asked = " ".join(f"@{{p:{id}}}" for id in updates.approvers(session, incident, but=draft.by))
        whom = words.named(session, asked, ping=True) or "Whoever takes comms, or a manager"
        return [
            *blocks,
            *actions(buttons.decide(incident.ref, draft.id)),
            context(f"{whom}: one tap is enough."),
        ]
    who = words.name(session, draft.decided_by)
    return [*blocks, context(BECAME[DraftState(draft.state)].format(who=who))]


def _states(session: Session, draft: UpdateDraft) -> str:
    """What the status page would say of each part, as far as the author chose it."""
    company = company_of(session)
    chosen = (draft.components or {}).items()
    named = (
        f"{components.name_of(company, key)}: {components.ComponentState(state).words}"
        for key, state in chosen
    )
    return words.shorten(", ".join(named), LONGEST)


def _head(session: Session, draft: UpdateDraft) -> str:
    return f"*{words.name(session, draft.by)}* wants to tell customers ({draft.phase}):"
