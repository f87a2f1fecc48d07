"""The postmortem of an incident in which very much happened."""

import tempfile
import time
from datetime import timedelta

from bot.app import House, domain_modules
from bot.domain import incidents, people, postmortems
from bot.domain.incidents import Report
from bot.lib import db
from bot.lib.clock import now
from bot.settings import read
from tests.bench.figures import Figure, seconds

ENTRIES, TIMES = 5000, 5


def rows():
    with tempfile.TemporaryDirectory(prefix="closeout-bench-") as folder:
        house = House(read({"DATABASE_URL": f"sqlite:///{folder}/closeout.db", "CLOSEOUT_DATA_DIR": folder}))
        domain_modules()
        db.upgrade(house.engine)
        with house.courier.transaction() as session:
            id = _outage(session)
        for name, render in (("Markdown", postmortems.render_markdown), ("HTML", postmortems.render_html)):
            took, size = zip(*(_rendered(house, render, id) for _ in range(TIMES)), strict=True)
            reached = f"{seconds(took)}; {size[0] / 1000:,.0f} kB"
            yield Figure(f"postmortem of {ENTRIES:,} entries in {name}", "1 s", reached, max(took) <= 1)
        house.engine.dispose()


def _outage(session):
    """Declared, noted 5,000 times by four people, resolved."""
    crowd = [people.of_slack(session, f"U0{name.upper()}", name) for name in ("Ana", "Ben", "Chen", "Dana")]
    start = now() - timedelta(hours=9)
    incident = incidents.declare(session, Report("Checkout is down", "sev1"), by=crowd[0], now=start)
    for number in range(ENTRIES):
        at = start + timedelta(seconds=5 * number)
        text = f"Error rate at {number % 97} %, host `web-{number % 40}` <drained> & back"
        incidents.note(session, incident, text, by=crowd[number % 4], now=at)
    incidents.set_status(session, incident, "resolved", by=crowd[0], now=start + timedelta(hours=8))
    return incident.id


def _rendered(house, render, id):
    """In a session of its own, as a page does it."""
    begun = time.perf_counter()
    with house.courier.reading() as session:
        text = render(session, incidents.get(session, id))
    took = time.perf_counter() - begun
    assert text.count("Error rate at") >= ENTRIES
    return took, len(text)
