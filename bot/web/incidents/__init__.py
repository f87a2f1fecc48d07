"""The pages of incidents: the list, declaring one, and one incident with every verb that Slack has."""

from starlette.routing import Route

from bot.web.forms import Forms
from bot.web.incidents import affected, crew, declare, factors, moves, pages, telling, voices, words
from bot.web.look import Look
from bot.web.visits import Doorman

__all__ = ["IncidentPages"]

FORMS = (
    *moves.FORMS,
    *crew.FORMS,
    *words.FORMS,
    *telling.FORMS,
    *factors.FORMS,
    *affected.FORMS,
    *voices.FORMS,
)


class IncidentPages:
    def __init__(self, doorman: Doorman, look: Look) -> None:
        self.doorman, self.look = doorman, look

    def routes(self) -> list[Route]:
        shown, forms = pages.Pages(self.look), Forms(self.doorman, self.look)
        return [
            self.doorman.get("/", shown.list),
            self.doorman.get("/incidents", shown.list),
            *declare.routes(forms),
            self.doorman.get("/incidents/{ref}", shown.show),
            *forms.routes(pages.PLACE, FORMS),
        ]
