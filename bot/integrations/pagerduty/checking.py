"""What `closeout check` asks of PagerDuty: which parts are on, and whether they would work."""

import asyncio
from collections.abc import Sequence
from typing import Any

from bot.domain.company import Company, Service
from bot.integrations.pagerduty.line import Answered, Line
from bot.integrations.pagerduty.settings import Settings
from bot.lib.errors import DeliveryError
from bot.lib.findings import Finding, bad, off, ok, side_by_side, within
from bot.lib.words import plural

NOT_FOUND = 2100  # PagerDuty's own code
PATH = "/webhooks/pagerduty"
PAGE, PAGES = 100, 5  # webhook subscriptions that are looked through
# Without these, an incident there would not begin here, or not end.
NEEDED = ("incident.triggered", "incident.acknowledged", "incident.resolved")
KEY, WEBHOOK, PAGING = "PagerDuty key", "PagerDuty webhook", "PagerDuty paging"
MEND = "See that PAGERDUTY_API_TOKEN is a live key, and that this machine reaches PAGERDUTY_API_URL."
ENABLE = "In PagerDuty, under Integrations, Generic Webhooks (v3): enable it again."


async def check(
    settings: Settings, line: Line, company: Company, public_url: str, patience: float
) -> list[Finding]:
    """Each line is well, off, or says what to do."""
    paging = _paging(settings)
    if not settings.token:
        remedy = "Set PAGERDUTY_API_TOKEN and PAGERDUTY_FROM, so that PagerDuty hears of what people do here."
        return [off(KEY, "PAGERDUTY_API_TOKEN is not set", remedy), _webhook_unseen(settings), paging]
    key = await within(patience, KEY, _sender(settings, line))
    if key[0].state == "bad" and key[0].remedy == MEND:
        return [*key, _webhook_unseen(settings), paging]
    more = await side_by_side(
        within(patience, "PagerDuty services", _services(line, company.services)),
        within(patience, WEBHOOK, _webhook(settings, line, f"{public_url}{PATH}")),
    )
    return [*key, *more, paging]


def _paging(settings: Settings) -> Finding:
    if settings.routing_key:
        return ok(PAGING, "PAGERDUTY_ROUTING_KEY is set; whether it rings, only `/incident page` shows")
    return off(PAGING, "PAGERDUTY_ROUTING_KEY is not set", "Set it, so that `/incident page` can ring.")


def _webhook_unseen(settings: Settings) -> Finding:
    if not settings.secrets:
        remedy = f"Set PAGERDUTY_WEBHOOK_SECRET to receive pages at {PATH}."
        return off(WEBHOOK, "PAGERDUTY_WEBHOOK_SECRET is not set", remedy)
    count = plural(len(settings.secrets), "secret")
    return ok(WEBHOOK, f"taken at {PATH} ({count}); without a key we cannot see whether PagerDuty sends any")


async def _sender(settings: Settings, line: Line) -> list[Finding]:
    """PagerDuty takes changes only in the name of one of its users."""
    remedy = "Set PAGERDUTY_FROM to the e-mail address of a PagerDuty user; what we change is theirs."
    try:
        found = await line.get("/users", query=settings.sender or "closeout", limit=PAGE)
    except DeliveryError as error:
        return [bad(KEY, str(error), MEND)]
    if not settings.sender:
        return [bad(KEY, "PAGERDUTY_FROM is not set", remedy)]
    if settings.sender.lower() in (str(user.get("email", "")).lower() for user in found.get("users") or []):
        return [ok(KEY, f"the REST API answers; we act as {settings.sender}")]
    return [bad(KEY, f"PAGERDUTY_FROM is {settings.sender}, whom PagerDuty does not know", remedy)]


async def _services(line: Line, services: Sequence[Service]) -> list[Finding]:
    """Every id in closeout.toml must be one of PagerDuty's, else its pages are nobody's."""
    what, named = "PagerDuty services", [each for each in services if each.pagerduty_service]
    if not named:
        return [off(what, "no service in closeout.toml has a pagerduty_service")]
    try:
        known = await asyncio.gather(*(_is_there(line, str(each.pagerduty_service)) for each in named))
    except DeliveryError as error:
        return [bad(what, f"cannot be looked up: {error}", MEND)]
    wrong = [each for each, is_known in zip(named, known, strict=True) if not is_known]
    remedy = "Take the id from the service's address in PagerDuty; it looks like PSVC001."
    return [bad(what, _unknown(each), remedy) for each in wrong] or [
        ok(what, f"{plural(len(named), 'service')} of closeout.toml found")
    ]


def _unknown(service: Service) -> str:
    return f"{service.key} has pagerduty_service {service.pagerduty_service!r}, which PagerDuty does not know"


async def _is_there(line: Line, id: str) -> bool:
    try:
        await line.get(f"/services/{id}")
    except Answered as error:
        if error.code == NOT_FOUND:
            return False
        raise
    return True


async def _webhook(settings: Settings, line: Line, address: str) -> list[Finding]:
    """Whether PagerDuty sends its webhooks to us; the secret of one it never shows again."""
    make = (
        f"In PagerDuty: Integrations, Generic Webhooks (v3), New Webhook. URL {address}, "
        "all incident events. "
        "Its secret is shown once and belongs into PAGERDUTY_WEBHOOK_SECRET."
    )
    try:
        ours = [each for each in await _subscriptions(line) if _url(each) == address]
    except DeliveryError as error:
        return [bad(WEBHOOK, f"the subscriptions cannot be looked up: {error}", MEND)]
    if not settings.secrets:
        is_sent = f"PagerDuty sends to {address}, but " if ours else ""
        return [
            Finding(WEBHOOK, "bad" if ours else "off", f"{is_sent}PAGERDUTY_WEBHOOK_SECRET is not set", make)
        ]
    if not ours:
        return [bad(WEBHOOK, f"PagerDuty sends no webhook to {address}", make)]
    return [_best(ours)]


def _best(ours: Sequence[dict[str, Any]]) -> Finding:
    """One subscription that works is enough."""
    found = [_judged(each) for each in ours]
    return next((each for each in found if each.state == "ok"), found[0])


def _judged(one: dict[str, Any]) -> Finding:
    if not one.get("active", True):
        return bad(WEBHOOK, "PagerDuty's webhook to us is switched off", ENABLE)
    if (one.get("delivery_method") or {}).get("temporarily_disabled"):
        said = "PagerDuty switched its webhook to us off for 24 h, because we refused three in a row"
        return bad(WEBHOOK, said, f"See that PAGERDUTY_WEBHOOK_SECRET is its secret. {ENABLE}")
    if lacking := [event for event in NEEDED if event not in (one.get("events") or [])]:
        return bad(WEBHOOK, f"it does not send {', '.join(lacking)}", "Choose all incident events for it.")
    return ok(WEBHOOK, f"PagerDuty sends {plural(len(one['events']), 'kind')} of events to us")


async def _subscriptions(line: Line) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for page in range(PAGES):
        answer = await line.get("/webhook_subscriptions", limit=PAGE, offset=page * PAGE)
        found += answer.get("webhook_subscriptions") or []
        if not answer.get("more"):
            break
    return found


def _url(subscription: dict[str, Any]) -> str:
    return str((subscription.get("delivery_method") or {}).get("url") or "").rstrip("/")
