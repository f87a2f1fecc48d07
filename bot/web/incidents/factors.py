"""What contributed, by a word that incidents share, and what happened before."""

from typing import Any

from bot.domain import incidents, recurrences
from bot.domain.incidents import Incident
from bot.web.forms import Filled, Form
from bot.web.visits import Visit


def set_factors(filled: Filled, incident: Incident) -> bool:
    """Those that are ticked, and any that are typed."""
    return recurrences.set_factors(filled.session, incident, filled.many("factors"), **filled.who)


def shown(visit: Visit, incident: Incident) -> dict[str, Any]:
    """For the panel: the words, and the earlier incidents that the reader may know of."""
    before = recurrences.earlier(visit.session, incident)
    seen = [one for one in before if incidents.visible(visit.session, one.incident, visit.by)]
    return {"factors": recurrences.factors_of(visit.session, incident), "before": seen}


def _now(visit: Visit, incident: Incident) -> dict[str, Any]:
    named = recurrences.factors_of(visit.session, incident)
    known = recurrences.known_factors(visit.session, as_=visit.by)
    offered = [*named, *(word for word in known if word not in named)]
    return {"offered": offered, "values": {"factors": named}}


FORMS = (Form("factors", set_factors, main="factors", offers=_now, anchor="factors"),)
