"""Prometheus: queries of closeout.toml are asked, and each series of an answer is one customer's signal."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from bot.domain import signals
from bot.domain.company import Company
from bot.domain.company.accounts import SignalRules
from bot.domain.signals import BadSignal, Sample
from bot.domain.signals.parsing import sample
from bot.lib.errors import DeliveryError, Refused
from bot.lib.findings import PATIENCE, Finding, bad, ok, within
from bot.lib.http import Http
from bot.lib.spans import parse_span
from bot.lib.vendors import Deps
from bot.lib.words import plural

__all__ = ["Prometheus", "connect"]
log = logging.getLogger(__name__)
WHAT = "Prometheus"
MOST = 5000  # customers in one answer
ANSWER_MAX = 4_000_000  # bytes
TIMEOUT = 10.0  # seconds


class BadPrometheus(Refused):
    """PROMETHEUS_URL must look like https://prometheus.example.com. Mend it, then start again."""


class Prometheus:
    """One server, asked on one replica at a time."""

    def __init__(self, url: str, token: str, deps: Deps) -> None:
        company: Company = deps.company
        self.url, self.token = url, token
        self.http: Http = deps.http
        self.courier, self.clock = deps.courier, deps.clock
        self.rules = [rule for rule in company.signals if rule.query]
        self.jobs = [(_minutes(rule), f"prometheus-{rule.key}", self._job(rule)) for rule in self.rules]

    def _job(self, rule: SignalRules) -> Any:
        async def ask(_: datetime) -> None:
            """What cannot be read now is asked again at the next slot: a minute of silence is no case."""
            at = self.clock()
            try:
                found = read(await self._ask(rule.query or ""), rule, at)
            except (DeliveryError, BadSignal) as error:
                log.warning("%s could not be asked for %s: %s", WHAT, rule.key, error)
                return
            await self.courier.run(signals.heard, found, now=at)

        return ask

    async def _ask(self, query: str) -> Any:
        head = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        answer = await self.http.get(
            f"{self.url}/api/v1/query", params={"query": query}, headers=head, timeout=TIMEOUT
        )
        if len(answer.content) > ANSWER_MAX:
            raise BadSignal("The answer is too large. Ask for one series for each customer.")
        try:
            return answer.json()
        except (ValueError, RecursionError):
            raise BadSignal("The answer is not JSON: does PROMETHEUS_URL lead to Prometheus?") from None

    async def check(self, patience: float = PATIENCE) -> list[Finding]:
        """What was found, for `closeout check`; each query is asked once."""
        return await within(patience, WHAT, self._look())

    async def _look(self) -> list[Finding]:
        host = urlsplit(self.url).hostname
        if not self.rules:
            return [
                bad(
                    WHAT,
                    f"{host} is set, and nothing is asked of it",
                    "Add [[signals]] with a query to closeout.toml.",
                )
            ]
        said = []
        for rule in self.rules:
            try:
                found = read(await self._ask(rule.query or ""), rule, self.clock())
            except DeliveryError as error:
                return [bad(WHAT, str(error), "Mend PROMETHEUS_URL or PROMETHEUS_TOKEN, then check again.")]
            except BadSignal as error:
                return [
                    bad(WHAT, f"{rule.key}: {error}", "Mend its query in closeout.toml, then check again.")
                ]
            said.append(f"{rule.key} of {plural(len(found), 'customer')}")
        return [ok(WHAT, f"{host} answers: {', '.join(said)}")]


def read(answer: Any, rule: SignalRules, at: datetime) -> list[Sample]:
    """The customers of an instant vector. What has no customer, or no number, is left out."""
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, dict) or answer.get("status") != "success":
        why = answer.get("error", "") if isinstance(answer, dict) else ""
        raise BadSignal(f"Prometheus says: {str(why)[:200] or 'no success'}.")
    rows = data.get("result")
    if data.get("resultType") != "vector" or not isinstance(rows, list):
        raise BadSignal("The query gives no instant vector. Ask for one value for each customer.")
    if len(rows) > MOST:
        raise BadSignal(
            f"{len(rows)} series are more than {MOST}: is the label {rule.customer!r} a customer?"
        )
    found = [one for row in rows if (one := _sample(row, rule, at))]
    return list({one.customer: one for one in found}.values())


def _sample(row: Any, rule: SignalRules, at: datetime) -> Sample | None:
    try:
        when, value = row["value"]
        said = {
            "customer": row["metric"][rule.customer],
            "signal": rule.key,
            "value": float(value),
            "at": min(float(when), at.timestamp()),
            "unit": rule.unit,
            "worse": rule.worse,
            "service": rule.service,
        }
        return sample(said, now=at)
    except (BadSignal, KeyError, TypeError, ValueError):
        return None


def _minutes(rule: SignalRules) -> int:
    return max(1, int(parse_span(rule.every).rough.total_seconds() // 60))


def connect(env: Mapping[str, str], deps: Any) -> Prometheus | None:
    """None without PROMETHEUS_URL. Raises BadPrometheus for one that cannot work."""
    url = env.get("PROMETHEUS_URL", "").strip().rstrip("/")
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadPrometheus
    return Prometheus(url, env.get("PROMETHEUS_TOKEN", "").strip(), deps)
