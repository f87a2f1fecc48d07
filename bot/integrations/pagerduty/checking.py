"""What `closeout check` asks of PagerDuty: which parts are on, and whether they would work."""

from bot.domain.company import Company
from bot.integrations.pagerduty.line import Answered, Line
from bot.integrations.pagerduty.settings import Settings
from bot.lib.errors import DeliveryError
from bot.lib.words import plural

NOT_FOUND = 2100  # PagerDuty's own code
Found = tuple[str, str]  # what was found, and what to do about it; nothing to do where it is well


async def check(settings: Settings, line: Line, company: Company) -> list[Found]:
    """Each line is well, or says what to do."""
    found = [_webhooks(settings), _paging(settings)]
    if not settings.token:
        return [*found, ("the REST API is off; set PAGERDUTY_API_TOKEN so that PagerDuty hears of us", "")]
    try:
        return [*found, await _sender(settings, line), *await _services(line, company)]
    except DeliveryError as error:
        remedy = (
            "See that PAGERDUTY_API_TOKEN is a live key, and that this machine reaches PAGERDUTY_API_URL."
        )
        return [*found, (str(error), remedy)]


def _webhooks(settings: Settings) -> Found:
    if not settings.secrets:
        return "webhooks are off; set PAGERDUTY_WEBHOOK_SECRET to receive pages", ""
    return f"webhooks are taken at /webhooks/pagerduty ({plural(len(settings.secrets), 'secret')})", ""


def _paging(settings: Settings) -> Found:
    on = "is on" if settings.routing_key else "is off; set PAGERDUTY_ROUTING_KEY to ring"
    return f"paging {on}", ""


async def _sender(settings: Settings, line: Line) -> Found:
    """PagerDuty takes changes only in the name of one of its users."""
    remedy = "Set PAGERDUTY_FROM to the e-mail address of a PagerDuty user; what we change is theirs."
    if not settings.sender:
        return "PAGERDUTY_FROM is not set", remedy
    users = (await line.get("/users", query=settings.sender)).get("users") or []
    if settings.sender.lower() in (str(user.get("email", "")).lower() for user in users):
        return f"the REST API answers; we act as {settings.sender}", ""
    return f"PAGERDUTY_FROM is {settings.sender}, whom PagerDuty does not know", remedy


async def _services(line: Line, company: Company) -> list[Found]:
    """Every id in closeout.toml must be one of PagerDuty's, else its pages are nobody's."""
    wrong = []
    for service in company.services:
        if service.pagerduty_service and not await _is_there(line, service.pagerduty_service):
            remedy = "Take the id from the service's address in PagerDuty; it looks like PSVC001."
            what = f"the service {service.key} has pagerduty_service {service.pagerduty_service!r}"
            wrong.append((f"{what}, which PagerDuty does not know", remedy))
    return wrong


async def _is_there(line: Line, id: str) -> bool:
    try:
        await line.get(f"/services/{id}")
    except Answered as error:
        if error.code == NOT_FOUND:
            return False
        raise
    return True
