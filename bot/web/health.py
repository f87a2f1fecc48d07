"""Alive, ready, and in numbers: what monitors ask."""

import logging
from collections.abc import Iterator

import sqlalchemy as sa
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, func, select
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.domain.company import Company
from bot.domain.incidents import LIVE, Incident
from bot.lib import db
from bot.lib.courier import Courier
from bot.lib.facts import behind
from bot.lib.inbox import TRIES, Letter

log = logging.getLogger(__name__)
TEXT = "text/plain; version=0.0.4; charset=utf-8"


class Numbers(Collector):
    """Counted when asked for, so that every replica says the same."""

    def __init__(self, courier: Courier, company: Company) -> None:
        self.courier, self.company = courier, company

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            with self.courier.reading() as session:
                yield from self._counted(session)
        except SQLAlchemyError as error:
            log.warning("No numbers: the database does not answer (%s)", type(error).__name__)
            yield GaugeMetricFamily("closeout_database_up", "1 while the database answers.", 0)

    def _counted(self, session: Session) -> list[GaugeMetricFamily]:
        waiting = col(Letter.done_at).is_(None)
        lost = col(Letter.done_at).is_not(None), col(Letter.error).is_not(None), col(Letter.attempts) >= TRIES
        return [
            GaugeMetricFamily("closeout_database_up", "1 while the database answers.", 1),
            self._live(session),
            self._behind(session),
            GaugeMetricFamily("closeout_inbox_waiting", "Letters not opened yet.", _count(session, waiting)),
            GaugeMetricFamily("closeout_inbox_failed", "Letters that were given up.", _count(session, *lost)),
        ]

    def _live(self, session: Session) -> GaugeMetricFamily:
        live = GaugeMetricFamily("closeout_incidents_live", "Live incidents.", labels=["severity"])
        asked = select(Incident.severity, func.count()).where(col(Incident.status).in_(LIVE))
        asked = asked.where(col(Incident.drill).is_(False)).group_by(col(Incident.severity))
        found = {key or "unknown": number for key, number in session.exec(asked)}
        for key in [*(severity.key for severity in self.company.severities), "unknown"]:
            live.add_metric([key], found.pop(key, 0))
        if found:  # of severities that have left closeout.toml
            live.add_metric(["retired"], sum(found.values()))
        return live

    def _behind(self, session: Session) -> GaugeMetricFamily:
        late = GaugeMetricFamily(
            "closeout_ears_behind", "Incidents of which a listener is owed facts.", labels=["listener"]
        )
        ears = [ear.listener for ear in behind(session)]
        for name in self.courier.listeners:
            late.add_metric([name], ears.count(name))
        return late


def _count(session: Session, *conditions: sa.ColumnElement[bool]) -> int:
    return session.exec(select(func.count()).select_from(Letter).where(*conditions)).one()


def routes(courier: Courier, company: Company) -> list[Route]:
    registry = CollectorRegistry()
    registry.register(Numbers(courier, company))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("alive\n")

    def readyz(_: Request) -> Response:
        """Can this replica serve? Its database must answer, with the tables of this version."""
        try:
            current = db.is_current(courier.engine)
        except SQLAlchemyError as error:
            log.warning("Not ready: the database does not answer (%s)", type(error).__name__)
            return PlainTextResponse("The database does not answer.\n", 503)
        if not current:
            return PlainTextResponse("The database has old tables. Run: closeout db upgrade\n", 503)
        return PlainTextResponse("ready\n")

    def metrics(_: Request) -> Response:
        return Response(generate_latest(registry), headers={"Content-Type": TEXT})

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
