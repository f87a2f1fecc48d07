"""What `closeout check` asks of Jira. It only looks, and says no secret."""

from typing import NamedTuple

from bot.domain.trackers import Tracker
from bot.integrations.jira.line import Line
from bot.integrations.jira.settings import Settings
from bot.lib.errors import DeliveryError
from bot.lib.findings import Finding, bad, off, ok, side_by_side, within

PROJECT, WEBHOOK = "Jira", "Jira webhook"
MEND = (
    "See that JIRA_EMAIL and JIRA_API_TOKEN belong together, that JIRA_PROJECT is a project "
    "in which that account may work, and that this machine reaches JIRA_URL."
)


class Look(NamedTuple):
    """What is looked at."""

    settings: Settings
    line: Line
    issue_type: str
    address: str


async def check(look: Look, trouble: Tracker | None, patience: float) -> list[Finding]:
    """Each line is well, off, or says what to do."""
    found = await side_by_side(within(patience, PROJECT, _project(look)))
    if trouble is not None:
        said = f"failing since {trouble.failing_since:%Y-%m-%d %H:%M} UTC: {trouble.reason}"
        found.append(bad("Jira sync", said, MEND))
    return [*found, _webhook(look)]


async def _project(look: Look) -> list[Finding]:
    project = look.settings.project
    try:
        await look.line.get("/myself")
        told = await look.line.get(f"/project/{project}")
    except DeliveryError as error:
        return [bad(PROJECT, f"{project} cannot be read: {error}", MEND)]
    given = told.get("issueTypes")
    types = (
        [str(one.get("name")) for one in given if isinstance(one, dict)] if isinstance(given, list) else []
    )
    if types and look.issue_type not in types:
        remedy = f"Set issue_type of [jira] in closeout.toml to one of: {', '.join(types[:8])}."
        return [bad(PROJECT, f"{project} has no issue type {look.issue_type!r}", remedy)]
    return [ok(PROJECT, f"action items become issues of {project}")]


def _webhook(look: Look) -> Finding:
    if look.settings.secrets:
        return ok(WEBHOOK, f"taken at {look.address}; what is missed is asked for every five minutes")
    remedy = (
        f"In Jira: Settings, System, WebHooks, Create. URL {look.address}, a secret, "
        "the events Issue updated and deleted. The same secret belongs into JIRA_WEBHOOK_SECRET."
    )
    return off(WEBHOOK, "JIRA_WEBHOOK_SECRET is not set: changes are asked for every five minutes", remedy)
