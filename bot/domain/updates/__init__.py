"""Updates: what customers were told, in which phase, and when they were promised to hear again."""

from bot.domain.updates.facts import UpdatePublished
from bot.domain.updates.model import Audience, DraftState, Phase, Update, UpdateDraft
from bot.domain.updates.prepared import Prepared, prepared
from bot.domain.updates.queries import last, late, of, promised_by, published, told_resolved
from bot.domain.updates.verbs import publish

__all__ = [
    "Audience",
    "DraftState",
    "Phase",
    "Prepared",
    "Update",
    "UpdateDraft",
    "UpdatePublished",
    "last",
    "late",
    "of",
    "prepared",
    "promised_by",
    "publish",
    "published",
    "told_resolved",
]
