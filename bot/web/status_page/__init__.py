"""The public status page, its feeds and its answers for programs: what was published, and nothing else."""

from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.web.status_page.door import StatusDoor, answer
from bot.web.status_page.links import Links
from bot.web.status_page.picture import public_id
from bot.web.status_page.site import StatusSite

__all__ = ["Links", "StatusDoor", "StatusSite", "public_id", "routes"]


class _Place:
    """The same answers where the door does not stand before the rest."""

    def __init__(self, site: StatusSite) -> None:
        self.site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await answer(self.site, scope, send)


def routes(site: StatusSite) -> list[Route]:
    place = _Place(site)
    return [Route(path, place, methods=["GET"]) for path in sorted(site.paths)]
