"""What `closeout check` asks of Statuspage: whether it knows us, and each of our components."""

from collections.abc import Iterable

from bot.domain import components
from bot.domain.company import Company
from bot.integrations.statuspage.line import Answer, Line
from bot.lib.errors import DeliveryError
from bot.lib.findings import Finding, bad, ok, within

WHAT = "Statuspage"
MEND = "See that STATUSPAGE_API_TOKEN is a live key, and STATUSPAGE_PAGE_ID the id of your page."
NAME = "Give them the same names on Statuspage and in closeout.toml; until then they do not change there."


async def check(line: Line, company: Company, patience: float) -> list[Finding]:
    return await within(patience, WHAT, _look(line, company))


async def _look(line: Line, company: Company) -> list[Finding]:
    try:
        there = ids_of(await line.components())
    except DeliveryError as error:
        return [bad(WHAT, str(error), MEND)]
    ours = [one.name for one in components.known(company)]
    if missing := [name for name in ours if name.lower() not in there]:
        return [bad(WHAT, f"it has no component called {', '.join(missing)}", NAME)]
    return [ok(WHAT, f"updates go there too; it knows {'all' if ours else 'none'} of our components")]


def ids_of(found: Iterable[Answer]) -> dict[str, str]:
    """Name in small letters -> id, of components; a group is none."""
    return {str(one.get("name", "")).lower(): str(one["id"]) for one in found if not one.get("group")}
