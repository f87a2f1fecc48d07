"""Who subscribes to the status, for administrators: how many, how far mailings are, and erasing one."""

from starlette.responses import Response
from starlette.routing import Route

from bot.domain import components, mailings, subscribers
from bot.domain.company import company_of
from bot.lib.db import LARGEST
from bot.web.look import Look
from bot.web.visits import Doorman, Visit, see

PATH, ROWS = "/admin/subscribers", 100


class SubscriberPages:
    def __init__(self, doorman: Doorman, look: Look) -> None:
        self.doorman, self.look = doorman, look

    def routes(self) -> list[Route]:
        return [
            self.doorman.get(PATH, self.show),
            self.doorman.post(f"{PATH}/{{id:int}}/remove", self.remove),
        ]

    def show(self, visit: Visit) -> Response:
        text, standing = visit.query.get("after", ""), visit.query.get("standing", "")
        after = int(text) if text.isascii() and text.isdigit() and int(text) <= LARGEST else 0
        found = subscribers.listed(
            visit.session, as_=visit.by, after=after, limit=ROWS + 1, standing=standing
        )
        company = company_of(visit.session)
        words = visit.words(
            at="subscribers",
            rows=found[:ROWS],
            following=found[ROWS - 1][0].id if len(found) > ROWS else 0,
            standing=standing,
            counts=sorted(subscribers.counts(visit.session).items()),
            sent=mailings.recent(visit.session, 10),
            name_of=lambda key: components.name_of(company, key),
            said=visit.query.get("said", ""),
        )
        return self.look.page("subscribers.html.j2", words)

    def remove(self, visit: Visit) -> Response:
        subscribers.remove(visit.session, int(visit.path["id"]), by=visit.by, now=visit.now)
        return see(f"{PATH}?said=removed")
