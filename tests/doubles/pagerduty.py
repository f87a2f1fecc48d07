"""The practice workspace's PagerDuty, on a port of its own."""

from starlette.applications import Starlette
from starlette.routing import Route

from bot.sandbox.pager import METHODS, SECRET, signature
from bot.sandbox.pager import PagerDuty as Strict
from bot.sandbox.running import Served

__all__ = ["SECRET", "PagerDuty", "signature"]


class PagerDuty(Strict):
    """Start it with `with`; its users are Ada (on call, level 1), Ben (level 2) and the bot."""

    def __enter__(self):
        self.served = Served(Starlette(routes=[Route("/{path:path}", self.serve, methods=METHODS)]))
        self.url = self.served.__enter__().url
        return self

    def __exit__(self, *problem):
        self.served.__exit__(*problem)

    async def serve(self, request):
        """One connection for each call, so that none is left open when a test ends."""
        response = await super().serve(request)
        response.headers["connection"] = "close"
        return response

    @property
    def env(self):
        return self.settings(self.url)
