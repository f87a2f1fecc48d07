"""Action items as issues of one Jira project."""

import hashlib
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from bot.domain.company import Company
from bot.domain.trackers import Errand, FarState, Kept, Rejected, Seen, Wanted
from bot.integrations.jira import reading
from bot.integrations.jira.line import Line, a_map
from bot.lib.errors import DeliveryError
from bot.lib.words import cut

KEPT = Kept("jira", "Jira")
PAGE, PAGES = 100, 50
SUMMARY_MAX = 255
CATEGORY = {FarState.OPEN: "new", FarState.DOING: "indeterminate"}
GIVING_UP = ("won't", "declin", "cancel", "reject", "duplicate")


class Issues:
    """A `Far` of trackers. An issue is known by its id, which stays when it moves to another project."""

    kept = KEPT

    def __init__(self, line: Line, company: Company, public_url: str) -> None:
        self.line, self.company, self.public_url = line, company, public_url
        self.url, self.project = line.settings.url, line.settings.project

    async def create(self, wanted: Wanted) -> Seen:
        fields: dict[str, Any] = {
            "project": {"key": self.project},
            "issuetype": {"name": self.company.jira.issue_type},
            "summary": cut(wanted.title, SUMMARY_MAX),
            "description": self._description(wanted),
            "labels": ["closeout", self._sign(wanted)],
        }
        more = self._more(wanted, ("owner", "due"), is_new=True)
        try:
            made = a_map(await self.line.ask("POST", "/issue", json={"fields": fields | more}))
        except Rejected:
            if not more:
                raise
            # A screen without these fields, or an account that cannot be assigned: better without than not.
            made = a_map(await self.line.ask("POST", "/issue", json={"fields": fields}))
        id = made.get("id")
        if not isinstance(id, str) or not id.isdigit():
            raise DeliveryError("Jira answered with something that is no issue")
        if wanted.state != FarState.OPEN:
            await self._step(id, wanted.state)
        return await self._read(id)

    async def seek(self, wanted: Wanted, since: datetime) -> Seen | None:
        """By the label that no other item has."""
        del since
        async for page in self._found(f'project = "{self.project}" AND labels = "{self._sign(wanted)}"'):
            for seen in page:
                return seen
        return None

    async def change(self, errand: Errand) -> Seen:
        wanted, id = errand.wanted, errand.far_id
        fields: dict[str, Any] = self._more(wanted, errand.fields, is_new=False)
        if "title" in errand.fields:
            fields["summary"] = cut(wanted.title, SUMMARY_MAX)
        if fields:
            await self._put(id, fields)
        if "state" in errand.fields:
            await self._step(id, wanted.state)
        return await self._read(id)

    async def _put(self, id: str, fields: dict[str, Any]) -> None:
        try:
            await self.line.ask("PUT", f"/issue/{id}", json={"fields": fields})
        except Rejected:
            if not fields.get("assignee"):
                raise
            await self.line.ask("PUT", f"/issue/{id}", json={"fields": fields | {"assignee": None}})

    async def _step(self, id: str, state: FarState) -> None:
        """By whichever transition leads there: their ids and names are each workflow's own."""
        category = CATEGORY.get(state, "done")
        now = await self._read(id)
        if now.state == state:
            return
        found = (await self.line.get(f"/issue/{id}/transitions")).get("transitions")
        ways = [one for one in found if _leads_to(one) == category] if isinstance(found, list) else []
        ways.sort(key=lambda one: _gives_up(one) is not (state == FarState.DROPPED))
        if not ways or not isinstance(ways[0].get("id"), str):
            if now.state in (FarState.DONE, FarState.DROPPED) and category == "done":
                return  # closed already, if by another word
            raise Rejected(f"there is no transition of {now.key} to {_words(state)}")
        await self.line.ask("POST", f"/issue/{id}/transitions", json={"transition": {"id": ways[0]["id"]}})

    async def _read(self, id: str) -> Seen:
        told = await self.line.get(f"/issue/{id}", fields=",".join(reading.FIELDS))
        seen = reading.issue(told, self.url)
        if seen is None:
            raise DeliveryError("Jira answered with something that is no issue")
        return seen

    def _more(self, wanted: Wanted, fields: tuple[str, ...], *, is_new: bool) -> dict[str, Any]:
        """Owner and day; what is empty is left out of a new issue, and taken away from an old one."""
        more: dict[str, Any] = {}
        if "owner" in fields and (wanted.account or not is_new):
            more["assignee"] = {"accountId": wanted.account} if wanted.account else None
        if "due" in fields and (wanted.due or not is_new):
            more["duedate"] = wanted.due or None
        return more

    async def comment(self, far_id: str, key: str, text: str) -> None:
        del key
        await self.line.ask("POST", f"/issue/{far_id}/comment", json={"body": _document(_paragraph(text))})

    async def has_comment(self, far_id: str, key: str, text: str) -> bool:
        del key
        found = (await self.line.get(f"/issue/{far_id}/comment", orderBy="-created")).get("comments")
        bodies = (
            [one.get("body") for one in found if isinstance(one, dict)] if isinstance(found, list) else []
        )
        return _document(_paragraph(text)) in bodies

    async def changed_since(self, since: datetime, now: datetime) -> AsyncIterator[list[Seen]]:
        """In minutes back from now: a moment would be read in the time zone of whoever owns the token."""
        minutes = max(1, int((now - since).total_seconds() // 60) + 1)
        asked = f'project = "{self.project}" AND labels = "closeout" AND updated >= "-{minutes}m"'
        async for page in self._found(asked):
            yield page

    async def look(self) -> None:
        await self.line.get(f"/project/{self.project}")

    async def account_of(self, email: str) -> str:
        """Jira may hide addresses; then it finds people by them all the same, and one is who was meant."""
        found = await self.line.ask("GET", "/user/search", params={"query": email, "maxResults": 10})
        if not isinstance(found, list):
            raise DeliveryError("Jira answered with something that is no list of people")
        people = [one for one in found if isinstance(one, dict) and one.get("accountType") == "atlassian"]
        exact = [one for one in people if str(one.get("emailAddress", "")).lower() == email.lower()]
        hidden = [one for one in people if not one.get("emailAddress")]
        meant = exact or (hidden if len(people) == 1 else [])
        account = meant[0].get("accountId") if len(meant) == 1 else None
        return account if isinstance(account, str) else ""

    async def _found(self, jql: str) -> AsyncIterator[list[Seen]]:
        asked: dict[str, Any] = {"jql": jql, "fields": list(reading.FIELDS), "maxResults": PAGE}
        for _ in range(PAGES):
            told = a_map(await self.line.ask("POST", "/search/jql", json=asked))
            issues = told.get("issues")
            if not isinstance(issues, list):
                raise DeliveryError("Jira answered with something that is no list of issues")
            yield [seen for one in issues if (seen := reading.issue(one, self.url))]
            token = told.get("nextPageToken")
            if not isinstance(token, str) or not token or told.get("isLast") is True:
                return
            asked["nextPageToken"] = token

    def _sign(self, wanted: Wanted) -> str:
        """Two houses may keep their items in one project."""
        house = hashlib.sha256(self.public_url.encode()).hexdigest()[:6]
        return f"closeout-{wanted.ref}-{house}"

    def _description(self, wanted: Wanted) -> dict[str, Any]:
        link, incident = f"{self.public_url}/actions/{wanted.ref}", f"INC-{wanted.incident_id}"
        first = [_paragraph(f"What will be true: {wanted.outcome}")] if wanted.outcome else []
        about = f", {wanted.kind}, priority {wanted.priority}."
        where = f"{self.public_url}/incidents/{incident}"
        return _document(
            *first,
            _paragraph("From ", (incident, where), about),
            _paragraph(
                (f"{wanted.ref} in Closeout", link),
                " follows this issue, and this issue follows it: summary, assignee, due date, status. "
                "When it is done here, somebody else verifies it there.",
            ),
        )


def _leads_to(transition: object) -> str:
    to = transition.get("to") if isinstance(transition, dict) else None
    category = to.get("statusCategory") if isinstance(to, dict) else None
    return str(category.get("key")) if isinstance(category, dict) else ""


def _gives_up(transition: dict[str, Any]) -> bool:
    """Of two ways to an end, which is the one of what nobody will do."""
    return any(word in str(transition.get("name")).lower() for word in GIVING_UP)


def _words(state: FarState) -> str:
    return {FarState.OPEN: "to do", FarState.DOING: "in progress"}.get(state, "done")


def _document(*paragraphs: dict[str, Any]) -> dict[str, Any]:
    """In the Atlassian Document Format: text is text there, whatever it holds."""
    return {"version": 1, "type": "doc", "content": list(paragraphs)}


def _paragraph(*parts: str | tuple[str, str]) -> dict[str, Any]:
    """Words, or words with an address."""
    return {"type": "paragraph", "content": [_text(part) for part in parts]}


def _text(part: str | tuple[str, str]) -> dict[str, Any]:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    words, address = part
    return {"type": "text", "text": words, "marks": [{"type": "link", "attrs": {"href": address}}]}
