"""What `closeout check` asks of GitHub. It only looks, and says no secret."""

from typing import Any

from bot.domain.trackers import Tracker
from bot.integrations.github.line import Line
from bot.integrations.github.settings import Settings
from bot.lib.errors import DeliveryError
from bot.lib.findings import Finding, bad, off, ok, side_by_side, within

REPO, WEBHOOK = "GitHub", "GitHub webhook"
MEND = (
    "See that GITHUB_TOKEN is a live token that may read and write the issues of GITHUB_REPO, "
    "and that this machine reaches GitHub."
)


async def check(
    settings: Settings, line: Line, address: str, trouble: Tracker | None, patience: float
) -> list[Finding]:
    """Each line is well, off, or says what to do."""
    found = await side_by_side(within(patience, REPO, _repository(settings, line)))
    if trouble is not None:
        said = f"failing since {trouble.failing_since:%Y-%m-%d %H:%M} UTC: {trouble.reason}"
        found.append(bad("GitHub sync", said, MEND))
    return [*found, _webhook(settings, address)]


async def _repository(settings: Settings, line: Line) -> list[Finding]:
    try:
        repo = await line.get("")
    except DeliveryError as error:
        return [bad(REPO, f"{settings.repo} cannot be read: {error}", MEND)]
    if not isinstance(repo, dict) or "full_name" not in repo:
        return [bad(REPO, "the answer is no repository", "Set GITHUB_API_URL to the address of an API.")]
    return [_judged(settings, repo)]


def _judged(settings: Settings, repo: dict[str, Any]) -> Finding:
    if not repo.get("has_issues", True):
        return bad(REPO, f"{settings.repo} has no issues", "Under Settings, General, switch Issues on.")
    if repo.get("archived"):
        return bad(REPO, f"{settings.repo} is archived", "Name another repository as GITHUB_REPO.")
    rights = repo.get("permissions")
    if isinstance(rights, dict) and not (rights.get("push") or rights.get("triage")):
        return bad(REPO, f"the token may not assign or close issues of {settings.repo}", MEND)
    return ok(REPO, f"action items become issues of {settings.repo}")


def _webhook(settings: Settings, address: str) -> Finding:
    if settings.secrets:
        return ok(WEBHOOK, f"taken at {address}; what is missed is asked for every five minutes")
    remedy = (
        f"In the repository: Settings, Webhooks, Add webhook. URL {address}, application/json, a secret, "
        "only Issues. The same secret belongs into GITHUB_WEBHOOK_SECRET."
    )
    return off(WEBHOOK, "GITHUB_WEBHOOK_SECRET is not set: changes are asked for every five minutes", remedy)
