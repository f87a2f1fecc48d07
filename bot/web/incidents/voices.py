"""What customers wrote about this incident: the panel, and the form that explains how it ended to them."""

from typing import Any

from bot.domain import feedback, updates
from bot.domain.feedback import Filter
from bot.domain.incidents import Incident
from bot.web.forms import Filled, Form
from bot.web.visits import Visit

NEWEST = 3


def shown(visit: Visit, incident: Incident) -> dict[str, Any]:
    """How many wrote, the newest of it, and how many of them still wait."""
    wanted, by = Filter(incident=incident.id), visit.by
    count = feedback.count(visit.session, wanted, as_=by)
    newest = feedback.page(visit.session, wanted, as_=by, limit=NEWEST) if count else []
    return {"wrote": count, "voices": newest, "unheard": _unheard(visit, incident) if count else 0}


def _unheard(visit: Visit, incident: Incident) -> int:
    """How many have left an address and had no explanation yet."""
    written = feedback.of(visit.session, incident)
    return len({one.address for one in written if one.address and one.explained_at is None})


def explain(filled: Filled, incident: Incident) -> bool:
    return bool(feedback.explain(filled.session, incident, filled.text("words"), **filled.who))


def _to_explain(visit: Visit, incident: Incident) -> dict[str, Any]:
    """The last word to customers, to begin with."""
    last = updates.last(visit.session, incident)
    first = last.message if last and not incident.is_live else ""
    return {"values": {"words": first}, "unheard": _unheard(visit, incident)}


FORMS = (Form("explain", explain, main="words", offers=_to_explain, anchor="wrote"),)
