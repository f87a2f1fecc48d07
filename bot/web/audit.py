"""The audit page: filters whose address is the saved link, figures, charts with their tables, the items."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bot.domain import audit, people
from bot.domain.audit import BREAKDOWNS, PERIODS, STATES, TYPES, Line, Report, Scope
from bot.domain.company import company_of
from bot.lib.courier import Courier
from bot.lib.db import LARGEST
from bot.web.charts import Bar, bars, curves
from bot.web.look import Look
from bot.web.visits import Doorman, Visit

ROWS = 50
NOTHING = "\N{EN DASH}"
SAID = {
    "month": "Last 30 days",
    "quarter": "Last 13 weeks",
    "year": "Last 52 weeks",
    "all": "All time",
    "promised": "promised, not given up",
    "first_kept": "first promise kept",
    "due": "still due: open or late",
    "done": "done, also verified",
    "on_time": "done on time",
    "done_late": "done late",
    "to_verify": "done, to be verified",
}


class AuditPages:
    def __init__(self, doorman: Doorman, look: Look, courier: Courier) -> None:
        self.doorman, self.look, self.courier = doorman, look, courier

    def routes(self) -> list[Route]:
        return [
            self.doorman.get("/audit", self.show),
            *(self.doorman.get(f"/audit/export.{form}", self._download(form)) for form in TYPES),
        ]

    def show(self, visit: Visit) -> Response:
        scope = audit.read(visit.session, visit.query, as_=visit.by, today=visit.now.date())
        report = audit.report(visit.session, scope, as_=visit.by, today=visit.now.date())
        words = visit.words(
            at="audit",
            scope=scope,
            report=report,
            figures=figures(report),
            charts=charts(report),
            link=link_of(scope.words, "/audit"),
            offers=offers(visit),
            team_names={team.key: team.name for team in company_of(visit.session).teams},
            of_line=partial(of_line, scope.by),
            **listed(visit, scope),
        )
        return self.look.page("audit.html.j2", words)

    def _download(self, form: str) -> Any:
        def download(visit: Visit) -> Response:
            scope = audit.read(visit.session, visit.query, as_=visit.by, today=visit.now.date())
            return download_of(self.courier, form, scope, visit)

        return download


def download_of(courier: Courier, form: str, scope: Scope, visit: Any) -> StreamingResponse:
    """The file is written while it is sent, in a session of its own; `visit` says who asks, and when."""
    today, by_id = visit.now.date(), visit.by.id

    def pieces() -> Iterator[bytes]:
        with courier.reading() as session:
            by = people.get(session, by_id)
            yield from audit.export(form, audit.rows(session, scope, as_=by, today=today))

    name = f"action-items-{today}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(pieces(), 200, headers, media_type=TYPES[form])


def link_of(asked: Mapping[str, str], here: str) -> Callable[..., str]:
    """Makes addresses of a page with some of its filters changed; an empty one is left out."""

    def link(path: str = here, **changed: str) -> str:
        said = urlencode({key: value for key, value in {**asked, **changed}.items() if value})
        return f"{path}?{said}" if said else path

    return link


def of_line(by: str, line: Line) -> dict[str, str]:
    """The filters that leave the items of a line of the breakdown."""
    if by != "month":
        return {by: line.key, "state": ""}
    first = date.fromisoformat(f"{line.key}-01")
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return {"from": str(first), "to": str(last), "period": "", "state": ""}


def listed(visit: Visit, scope: Scope) -> dict[str, Any]:
    """The page of items that was asked for, and where the next one begins."""
    text = visit.query.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() and int(text) <= LARGEST else None
    found = audit.items(
        visit.session, scope, as_=visit.by, today=visit.now.date(), before=before, limit=ROWS + 1
    )
    following = str(found[ROWS - 1].item.id) if len(found) > ROWS else ""
    return {"rows": found[:ROWS], "following": following, "is_first": before is None}


def percent(part: float | None) -> str:
    return NOTHING if part is None else f"{part:.0%}".replace("%", " %")


def figures(report: Report) -> list[dict[str, Any]]:
    """Each figure with its share and the state that lists its items."""
    counts = report.counts
    rows: list[tuple[str, int, str, str]] = [
        ("Promised", counts.promised, f"{percent(counts.completion)} done", "promised"),
        ("Done on time", counts.on_time, percent(counts.kept), "on_time"),
        ("Done late", counts.done_late, "", "done_late"),
        ("Open", counts.open, "", "open"),
        ("Late", counts.late, "", "late"),
        ("Declined", counts.declined, "", "declined"),
        ("Verified", counts.verified, f"{percent(counts.checked)} of done", "verified"),
    ]
    return [
        {"label": label, "number": number, "more": more if number else "", "state": state}
        for label, number, more, state in rows
    ]


def charts(report: Report) -> dict[str, Any]:
    """Drawn, and the words above each."""
    steps, unit = report.series.steps, report.series.unit
    form = "%-d %b" if unit == "week" else "%b %y"
    labels = [f"{step.begins:{form}}" for step in steps]
    done = [Bar(label, step.on_time, step.other) for label, step in zip(labels, steps, strict=True)]
    ages = [Bar(label, count) for label, count in report.ages]
    both = [step.promised for step in steps], [step.done for step in steps]
    return {
        "labels": labels,
        "done": bars(f"Done by {unit}", f"{unit} beginning" if unit == "week" else unit, done),
        "ages": bars("Age of open items", "days since it was promised", ages),
        "up": curves("Promised and done", f"by the end of the {unit} of", labels, both),
    }


def offers(visit: Visit) -> dict[str, list[tuple[str, str]]]:
    """What may be chosen in each filter: its word, and how it is said."""
    company = company_of(visit.session)
    return {
        "period": [(each, SAID[each]) for each in PERIODS],
        "team": [*((team.key, team.name) for team in company.teams), ("none", "No team")],
        "severity": [*((each.key, each.label) for each in company.severities), ("none", "Not said")],
        "kind": [(each, each) for each in ("prevent", "detect", "mitigate", "process")],
        "priority": [(each, each) for each in ("high", "medium", "low")],
        "state": [(each, SAID.get(each, each)) for each in STATES],
        "by": [(each, each) for each in BREAKDOWNS],
    }
