"""Updates: what customers were told, in which phase, and when they were promised to hear again."""

from bot.domain.updates import scoring
from bot.domain.updates.approving import (
    Decided,
    NoSuchDraft,
    NotYours,
    approve,
    change,
    discard,
    drafts,
    waiting,
)
from bot.domain.updates.facts import UpdateDiscarded, UpdateDrafted, UpdatePublished
from bot.domain.updates.model import Audience, DraftState, Phase, Update, UpdateDraft
from bot.domain.updates.prepared import Prepared, prepared
from bot.domain.updates.proposing import proposal
from bot.domain.updates.queries import (
    Owing,
    is_silent,
    last,
    late,
    of,
    owed,
    promised_by,
    proposed_states,
    published,
    told_resolved,
)
from bot.domain.updates.scoring import Score
from bot.domain.updates.seats import approvers, may_approve
from bot.domain.updates.verbs import NeedsApproval, first_words, publish, tell, tell_first
from bot.domain.updates.wording import Wording

__all__ = [
    "Audience",
    "Decided",
    "DraftState",
    "NeedsApproval",
    "NoSuchDraft",
    "NotYours",
    "Owing",
    "Phase",
    "Prepared",
    "Score",
    "Update",
    "UpdateDiscarded",
    "UpdateDraft",
    "UpdateDrafted",
    "UpdatePublished",
    "Wording",
    "approve",
    "approvers",
    "change",
    "discard",
    "drafts",
    "first_words",
    "is_silent",
    "last",
    "late",
    "may_approve",
    "of",
    "owed",
    "prepared",
    "promised_by",
    "proposal",
    "proposed_states",
    "publish",
    "published",
    "scoring",
    "tell",
    "tell_first",
    "told_resolved",
    "waiting",
]
