"""Action items as issues of one repository."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from bot.domain.company import Company
from bot.domain.trackers import Errand, FarState, Kept, Rejected, Seen, Wanted
from bot.integrations.github import reading, text
from bot.integrations.github.line import Line
from bot.lib.errors import DeliveryError

KEPT = Kept("github", "GitHub", tells_doing=False)
PAGE, PAGES = 100, 50
IN_THE_TEXT = ("owner", "due")


class Issues:
    """A `Far` of trackers. An issue is known by its number here, and by its id in what we keep."""

    kept = KEPT

    def __init__(self, line: Line, company: Company, public_url: str) -> None:
        self.line, self.company, self.public_url = line, company, public_url

    async def create(self, wanted: Wanted) -> Seen:
        body = {"title": wanted.title, "body": text.part(self.public_url, wanted), **_assigned(wanted)}
        if self.company.github.labels:
            body["labels"] = list(self.company.github.labels)
        made = await self._write("POST", "/issues", body)
        if wanted.state in (FarState.DONE, FarState.DROPPED):
            made = await self._write("PATCH", f"/issues/{made.key[1:]}", _state(wanted))
        return made

    async def seek(self, wanted: Wanted, since: datetime) -> Seen | None:
        """By the mark in its text, among all that changed since we first meant to create it."""
        sign = text.mark(text.link_of(self.public_url, wanted))
        async for page in self._pages(since):
            for one in page:
                if sign in str(one.get("body") or "") and (seen := reading.issue(one)):
                    return seen
        return None

    async def change(self, errand: Errand) -> Seen:
        wanted, fields, path = errand.wanted, errand.fields, f"/issues/{errand.key[1:]}"
        body: dict[str, Any] = {}
        if "title" in fields:
            body["title"] = wanted.title
        if "state" in fields:
            body |= _state(wanted)
        if "owner" in fields:
            body["assignees"] = [wanted.account] if wanted.account else []
        if any(name in fields for name in IN_THE_TEXT):
            now = await self.line.get(path)
            was = now.get("body") if isinstance(now, dict) else None
            was = was.replace("\r\n", "\n") if isinstance(was, str) else ""
            body["body"] = text.renewed(was, self.public_url, wanted)
        return await self._write("PATCH", path, body)

    async def _write(self, method: str, path: str, body: dict[str, Any]) -> Seen:
        """An account that cannot be assigned is no reason to send nothing."""
        try:
            answer = await self.line.ask(method, path, json=body)
        except Rejected:
            if not body.get("assignees"):
                raise
            answer = await self.line.ask(method, path, json=body | {"assignees": []})
        seen = reading.issue(answer)
        if seen is None:
            raise DeliveryError("GitHub answered with something that is no issue")
        return seen

    async def comment(self, far_id: str, key: str, said: str) -> None:
        del far_id
        await self.line.ask("POST", f"/issues/{key[1:]}/comments", json={"body": text.quiet(said)})

    async def has_comment(self, far_id: str, key: str, said: str) -> bool:
        del far_id
        found = await self.line.get(f"/issues/{key[1:]}/comments", per_page=PAGE)
        there = found if isinstance(found, list) else []
        return any(isinstance(one, dict) and one.get("body") == text.quiet(said) for one in there)

    async def changed_since(self, since: datetime, now: datetime) -> AsyncIterator[list[Seen]]:
        del now
        async for page in self._pages(since):
            yield [seen for one in page if (seen := reading.issue(one))]

    async def look(self) -> None:
        await self.line.get("")

    async def account_of(self, email: str) -> str:
        """GitHub finds nobody by an address; closeout.toml says who is who."""
        del email
        return ""

    async def _pages(self, since: datetime) -> AsyncIterator[list[dict[str, Any]]]:
        asked = {
            "state": "all",
            "sort": "updated",
            "direction": "asc",
            "since": f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "per_page": PAGE,
        }
        for page in range(1, PAGES + 1):
            found = await self.line.get("/issues", **asked, page=page)
            if not isinstance(found, list):
                raise DeliveryError("GitHub answered with something that is no list of issues")
            yield [one for one in found if isinstance(one, dict)]
            if len(found) < PAGE:
                return


def _assigned(wanted: Wanted) -> dict[str, Any]:
    return {"assignees": [wanted.account]} if wanted.account else {}


def _state(wanted: Wanted) -> dict[str, str]:
    match wanted.state:
        case FarState.DONE:
            return {"state": "closed", "state_reason": "completed"}
        case FarState.DROPPED:
            return {"state": "closed", "state_reason": "not_planned"}
    return {"state": "open", "state_reason": "reopened"}
