"""The copy of the status page: whole, private to nobody, put with every publication, never half."""

import asyncio
import re
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from bot.domain import incidents, maintenance, people, updates
from bot.domain.incidents import Report
from bot.integrations import status
from bot.integrations.status.targets import Bucket, Folder
from bot.lib.errors import DeliveryError, Refused
from bot.lib.http import Http
from bot.web.look import Look
from bot.web.status_page import StatusSite
from tests.alerting import COMPANY
from tests.conftest import NOON, carry_all

TOP = Path(__file__).parent.parent.parent
HERE = "https://status.example.com"
LINK = re.compile(r'(?:href|src)="([^"]+)"')


class Far:
    """A bucket: what was put, in order, and by whom. It may be away."""

    def __init__(self):
        self.objects, self.order, self.tokens, self.is_away = {}, [], set(), False

    def __call__(self, request):
        if self.is_away:
            return httpx.Response(503)
        name = request.url.path.removeprefix("/pages/")
        if request.method == "HEAD":
            return httpx.Response(200 if name in self.objects else 404)
        self.tokens.add(request.headers.get("authorization"))
        self.objects[name] = request.content
        self.order.append(name)
        return httpx.Response(200)


@pytest.fixture
def far():
    return Far()


@pytest.fixture
def connect(courier, far):
    courier.info.update({"company": COMPANY, "templates": TOP / "templates"})
    look = Look(TOP / "templates", COMPANY, lambda: NOON, "https://closeout.example")
    site = StatusSite(courier, lambda: NOON, look, "https://closeout.example")

    def connected(**env):
        http = Http(httpx.AsyncClient(transport=httpx.MockTransport(far)))
        deps = SimpleNamespace(
            http=http,
            courier=courier,
            public_url="https://closeout.example",
            extra={"site": site.files},
        )
        vendor = status.connect({"STATUS_URL": HERE, **env}, deps)
        vendor.door.first_wait = 0
        courier.listeners.add_all(vendor)
        return vendor

    return connected


@pytest.fixture
def bucket(connect):
    return connect(STATUS_PUSH="https://bucket.example/pages/", STATUS_PUSH_TOKEN="t0ken")


def tell(courier, message, *, title="Checkout is down", **kept):
    with courier.transaction() as session:
        ana = people.of_slack(session, "U0ANA", "Ana")
        incident = incidents.declare(session, Report(title, **kept), by=ana, now=NOON)
        updates.publish(session, incident, message, by=ana, now=NOON)


def test_every_publication_is_put_whole_with_the_first_page_last(courier, bucket, far):
    tell(courier, "Some cannot pay.")
    carry_all(courier)
    assert b"Some cannot pay." in far.objects["index.html"]
    assert b"Some cannot pay." in far.objects["history/2026-03.html"]
    assert b"Some cannot pay." in far.objects["api/v2/summary.json"]
    assert far.order[-1] == "index.html"
    assert far.tokens == {"Bearer t0ken"}


def test_maintenance_is_a_publication(courier, bucket, far):
    with courier.transaction() as session:
        ana = people.of_slack(session, "U0ANA", "Ana")
        plan = maintenance.Plan("Upgrade", "22:00", "2h")
        maintenance.plan(session, plan, by=ana, now=NOON)
    carry_all(courier)
    assert b"Upgrade" in far.objects["index.html"]


@pytest.mark.parametrize("kept", [{"private": True}, {"drill": True}])
def test_nothing_of_what_stays_inside_is_in_any_file(courier, bucket, far, kept):
    tell(courier, "Hush, hush", title="Secret sauce", **kept)
    carry_all(courier)
    asyncio.run(bucket.put())
    for name, body in far.objects.items():
        for word in (b"Hush", b"Secret", b"INC-1", b"Ana"):
            assert word not in body, name


def test_every_link_leads_to_a_file_that_is_there_and_no_form_is_offered(courier, tmp_path, connect):
    vendor = connect(STATUS_PUSH=str(tmp_path / "site"))
    tell(courier, "Some cannot pay.")
    asyncio.run(vendor.put())
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) == 2
    for page in pages:
        text = page.read_text()
        assert "<form" not in text
        assert "/status/" not in text
        for link in LINK.findall(text):
            if link and not link.startswith(("data:", "#")):
                assert (page.parent / link.partition("#")[0]).resolve().is_file(), (page, link)
    assert HERE.encode() in (tmp_path / "site/feed.atom").read_bytes()


def test_a_reader_never_sees_half_of_a_file(tmp_path):
    """Each file is moved into its place in one step; what a crash left beside it is swept away."""
    site = tmp_path / "site"
    put = lambda files: asyncio.run(Folder(str(site)).put(files))  # noqa: E731
    put({"history/2026-03.html": b"old", "index.html": b"old"})
    (site / ".closeout-x.part").write_bytes(b"ha")
    with (site / "index.html").open("rb") as opened:
        put({"index.html": b"new" * 100_000})
        assert opened.read() == b"old"
    assert sorted(path.name for path in site.rglob("*")) == ["history", "index.html"]
    assert put({"index.html": b"new" * 100_000}) == 0


def test_a_folder_that_cannot_be_written_is_tried_again_and_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DeliveryError, match="cannot be written") as caught:
        asyncio.run(Folder(str(tmp_path / "file" / "site")).put({"index.html": b"x"}))
    assert not caught.value.permanent


def test_while_the_far_end_is_away_it_is_tried_until_it_works(courier, bucket, far):
    far.is_away = True
    tell(courier, "Some cannot pay.")

    async def come_back():
        pushing = asyncio.create_task(bucket.push([SimpleNamespace(key="INC-1/2")]))
        await asyncio.sleep(0.05)
        assert not pushing.done()
        far.is_away = False
        await asyncio.wait_for(pushing, 5)

    asyncio.run(come_back())
    assert b"Some cannot pay." in far.objects["index.html"]


def test_what_another_replica_puts_meanwhile_is_not_left_behind(courier, bucket, far):
    """The picture is looked at again after it was put: what was true a moment ago is put over."""
    tell(courier, "Some cannot pay.")
    put, seen = bucket.target.put, []

    async def slow(files):
        seen.append(files)
        if len(seen) == 1:
            with courier.transaction() as session:
                ana = people.of_slack(session, "U0ANA", "Ana")
                updates.publish(session, incidents.get(session, 1), "It is over.", by=ana, now=NOON)
        return await put(files)

    bucket.target.put = slow
    asyncio.run(bucket.put())
    assert b"It is over." in far.objects["index.html"]


def test_a_month_that_is_over_is_not_sent_again(far):
    bucket = Bucket(Http(httpx.AsyncClient(transport=httpx.MockTransport(far))), "https://x.example/pages")
    files = {"history/2026-02.html": b"old", "index.html": b"now"}
    assert asyncio.run(bucket.put(files)) == 2
    assert asyncio.run(bucket.put(files)) == 1


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("http://bucket.example/", "https://"),
        ("https://u:p@bucket.example/", "STATUS_PUSH_TOKEN"),
        ("ftp://x/", "https://"),
    ],
)
def test_a_target_that_cannot_be_used_stops_the_start(connect, where, says):
    with pytest.raises(Refused, match=says):
        connect(STATUS_PUSH=where)


def test_without_a_target_nothing_is_put():
    assert status.connect({}, SimpleNamespace()) is None


def test_the_check_says_whether_a_copy_lies_there(courier, bucket, far):
    [before] = asyncio.run(bucket.check())
    asyncio.run(bucket.put())
    [after] = asyncio.run(bucket.check())
    far.is_away = True
    [away] = asyncio.run(bucket.check())
    assert (before.state, after.state, away.state) == ("off", "ok", "bad")
    assert "t0ken" not in before.said + after.said + away.said
