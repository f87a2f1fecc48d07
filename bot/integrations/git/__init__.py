"""Git: each published postmortem becomes one commit in a repository of the company's own."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.domain import incidents, people, postmortems
from bot.domain.postmortems import Page, PostmortemPublished
from bot.integrations.git.repository import Repository, git_is_there
from bot.lib.effects import Door, effect
from bot.lib.errors import DeliveryError
from bot.lib.facts import Event, on
from bot.lib.findings import PATIENCE, Finding, bad, ok, within
from bot.lib.vendors import Deps

__all__ = ["Git", "connect"]
WHAT = "Git"
REMEDY = "Mend [git] in closeout.toml, or the repository. What was published meanwhile is committed then."


class Git:
    """The repository of closeout.toml. While it is broken publishing goes on; it is tried until it works."""

    def __init__(self, repository: Repository, deps: Deps) -> None:
        self.repository, self.courier = repository, deps.courier
        self.clock: Callable[[], datetime] = deps.clock
        self.door = Door("git", first_wait=5, longest_wait=600)

    @on(PostmortemPublished, name="git")
    async def commit(self, event: Event) -> None:
        """A repeated run finds the commit by its key, and makes no second one."""
        page = await self.courier.ask(_page, event)
        if page is None:
            return
        key = f"{event.key}/git"

        async def act() -> str:
            try:
                return await self.courier.aside(
                    self.repository.commit, page.path, page.text, page.subject, key
                )
            except DeliveryError as error:
                await self.courier.run(_say_so, event, str(error), self.clock())
                raise

        await effect(self.door, key, act)
        await self.courier.run(_committed, event, page, self.clock())

    async def check(self, patience: float = PATIENCE) -> list[Finding]:
        """What was found, for `closeout check`; nothing is written."""
        return await within(patience, WHAT, self._look())

    async def _look(self) -> list[Finding]:
        if not git_is_there():
            return [bad(WHAT, "the command git is not installed", "Install git, then start again.")]
        try:
            has_branch = await self.courier.aside(self.repository.has_branch)
        except DeliveryError as error:
            return [bad(WHAT, str(error), REMEDY)]
        branch = self.repository.branch
        return [
            ok(WHAT, f"postmortems go to {branch}" if has_branch else f"{branch} begins with the first one")
        ]


def _page(session: Session, event: Event) -> Page | None:
    return postmortems.page(session, incidents.get(session, event.incident_id))


def _say_so(session: Session, event: Event, reason: str, now: datetime) -> None:
    incident = incidents.get(session, event.incident_id)
    postmortems.not_committed(session, incident, reason, by=people.closeout(session), now=now)


def _committed(session: Session, event: Event, page: Page, now: datetime) -> None:
    incident = incidents.get(session, event.incident_id)
    postmortems.committed(session, incident, page.path, by=people.closeout(session), now=now)


def connect(env: Mapping[str, str], deps: Any) -> Git | None:
    """None without [git] repository in closeout.toml; nothing of it comes from the environment."""
    del env
    settings = deps.company.git
    if not settings.repository:
        return None
    return Git(Repository(settings.repository, settings.branch), deps)
