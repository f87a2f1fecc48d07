"""The audit: each figure against what a person with the list and a pencil would count."""

import csv
import io
import json
import math
import zipfile
from collections import Counter
from contextlib import suppress
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain import actions, audit, incidents, people
from bot.domain.actions import ActionItem, ItemStatus
from bot.domain.audit.dates import first_of, monday, month_of, week_of
from bot.domain.company import Company, Team
from bot.domain.incidents import Incident, Report
from bot.domain.people import NoSuchPerson
from bot.lib.choices import NoSuchChoice
from bot.lib.courier import Courier
from bot.lib.facts import Listeners
from bot.lib.spreadsheets import harmless, workbook
from tests.conftest import NOON
from tests.domain.conftest import COMPANY, later

TODAY = NOON.date()
TEAMS = Company(
    services=COMPANY.services, teams=(Team(key="pay", name="Payments"), Team(key="web", name="Web"))
)
STILL, FINISHED = actions.STILL_DUE, (ItemStatus.DONE, ItemStatus.VERIFIED)


@pytest.fixture
def courier(either_engine):
    return Courier(either_engine, Listeners(), {"company": TEAMS})


@pytest.fixture
def hall(courier):
    """Three incidents: sev1, sev3 and one nobody has judged; and who looks at them."""
    with courier.transaction() as session:
        ana, ben = (people.of_slack(session, f"U0{name}", name) for name in ("Ana", "Ben"))
        reports = (Report("Checkout is down", "sev1"), Report("Search is slow", "sev3"), Report("?"))
        three = [incidents.declare(session, one, by=ana, now=later(days=-400)) for one in reports]
        return ana, ben, [one.id for one in three]


days_ago = st.integers(0, 300)
made = st.builds(
    dict,
    incident=st.integers(0, 2),
    owner=st.sampled_from([None, 0, 1]),
    team=st.sampled_from([None, "pay", "web"]),
    kind=st.sampled_from(["prevent", "detect", "mitigate", "process"]),
    priority=st.sampled_from(["high", "medium", "low"]),
    status=st.sampled_from(list(ItemStatus)),
    created=days_ago,
    hour=st.integers(-12, 11),
    due=st.none() | st.integers(-60, 200),
    moved=st.integers(0, 3),
    reopened=st.integers(0, 1),
    took=days_ago,
)


def item_of(said, hall):
    ana, ben, ids = hall
    created = later(days=-said["created"], hours=said["hour"])
    done = min(created + timedelta(days=said["took"]), later(hours=11))
    finished = said["status"] in FINISHED
    due = TODAY - timedelta(days=said["due"]) if said["due"] is not None else None
    return ActionItem(
        incident_id=ids[said["incident"]],
        title="Alert on the error rate",
        owner_id=None if said["owner"] is None else (ana, ben)[said["owner"]].id,
        team=said["team"],
        kind=said["kind"],
        priority=said["priority"],
        status=said["status"],
        created_by=ana.id,
        created_at=created,
        due=due,
        first_due=due - timedelta(days=said["moved"]) if due else None,
        moved=said["moved"],
        reopened=said["reopened"],
        done_at=done if finished else None,
        verified_at=done if said["status"] == ItemStatus.VERIFIED else None,
    )


def tally(items):
    """By hand."""
    done = [one for one in items if one.status in FINISHED]
    still = [one for one in items if one.status in STILL]
    late = [one for one in still if one.due and one.due < TODAY]
    return audit.Counts(
        on_time=sum(1 for one in done if one.due and one.done_at.date() <= one.due),
        done_late=sum(1 for one in done if one.due and one.done_at.date() > one.due),
        done_undated=sum(1 for one in done if not one.due),
        open=len(still) - len(late),
        late=len(late),
        declined=sum(1 for one in items if one.status == ItemStatus.DECLINED),
        duplicate=sum(1 for one in items if one.status == ItemStatus.DUPLICATE),
        verified=sum(1 for one in items if one.status == ItemStatus.VERIFIED),
        first_kept=sum(1 for one in done if one.first_due and one.done_at.date() <= one.first_due),
        moved=sum(1 for one in items if one.moved),
        moves=sum(one.moved for one in items),
        reopened=sum(1 for one in items if one.reopened),
    )


def spread(days):
    if not days:
        return audit.Spread(0, None, None, None)
    days = sorted(days)
    at = [days[max(1, math.ceil(part * len(days))) - 1] for part in (0.5, 0.9)]
    return audit.Spread(len(days), *at, days[-1])


def look(session, as_, **said):
    scope = audit.read(session, said, as_=as_, today=TODAY)
    return audit.report(session, scope, as_=as_, today=TODAY)


def listed(session, as_, **said):
    scope = audit.read(session, said, as_=as_, today=TODAY)
    return [one.item.id for one in audit.items(session, scope, as_=as_, today=TODAY, limit=1000)]


with_items = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Trial(Exception):
    """Ends the transaction of one example, so that nothing of it is kept."""


def tried(courier, hall, said, check):
    """Keep the items, look at them, forget them."""
    with suppress(Trial), courier.transaction() as session:
        items = [item_of(one, hall) for one in said]
        session.add_all(items)
        session.flush()
        check(session, items)
        raise Trial


@with_items
@given(st.lists(made, max_size=25))
def test_counts_and_lengths_are_those_of_a_pencil(courier, hall, said):
    def check(session, items):
        report = look(session, hall[0], period="all")
        assert report.counts == tally(items)
        still = [one for one in items if one.status in STILL]
        done = [one for one in items if one.status in FINISHED]
        ages = [(TODAY - one.created_at.date()).days for one in still]
        assert report.age == spread(ages)
        assert report.taken == spread([(one.done_at.date() - one.created_at.date()).days for one in done])
        assert report.lateness == spread([(TODAY - o.due).days for o in still if o.due and o.due < TODAY])
        classes = Counter(
            "0 to 7" if a <= 7 else "8 to 30" if a <= 30 else "31 to 90" if a <= 90 else "over 90"
            for a in ages
        )
        assert dict(report.ages) == {
            label: classes[label] for label in ("0 to 7", "8 to 30", "31 to 90", "over 90")
        }

    tried(courier, hall, said, check)


@with_items
@given(st.lists(made, max_size=25))
def test_each_breakdown_adds_up_to_the_whole(courier, hall, said):
    keys = {
        "team": lambda one, _: one.team or "none",
        "kind": lambda one, _: one.kind,
        "priority": lambda one, _: one.priority,
        "severity": lambda one, incident: incident.severity or "none",
        "month": lambda one, _: f"{one.created_at:%Y-%m}",
        "owner": lambda one, _: "any" if one.owner_id else "none",
    }

    def check(session, items):
        for by, key in keys.items():
            parts = {}
            for one in items:
                parts.setdefault(key(one, session.get(Incident, one.incident_id)), []).append(one)
            report = look(session, hall[0], period="all", by=by)
            assert {line.key: line.counts for line in report.lines} == {k: tally(v) for k, v in parts.items()}
            assert report.counts == tally(items)

    tried(courier, hall, said, check)


@with_items
@given(st.lists(made, max_size=25))
def test_each_filter_lists_what_it_says(courier, hall, said):
    def is_late(one):
        return one.status in STILL and one.due and one.due < TODAY

    filters = [
        ({"team": "pay"}, lambda one: one.team == "pay"),
        ({"team": "none"}, lambda one: one.team is None),
        ({"owner": "Ben"}, lambda one: one.owner_id == hall[1].id),
        ({"owner": "me"}, lambda one: one.owner_id == hall[0].id),
        ({"owner": "none"}, lambda one: one.owner_id is None),
        ({"owner": "any"}, lambda one: one.owner_id is not None),
        ({"severity": "sev3"}, lambda one: one.incident_id == hall[2][1]),
        ({"severity": "none"}, lambda one: one.incident_id == hall[2][2]),
        ({"kind": "detect"}, lambda one: one.kind == "detect"),
        ({"priority": "high"}, lambda one: one.priority == "high"),
        ({"incident": f"INC-{hall[2][0]}"}, lambda one: one.incident_id == hall[2][0]),
        ({"state": "late"}, is_late),
        ({"state": "due"}, lambda one: one.status in STILL),
        ({"state": "promised"}, lambda one: one.status not in (ItemStatus.DECLINED, ItemStatus.DUPLICATE)),
        (
            {"state": "first_kept"},
            lambda o: o.status in FINISHED and o.first_due and o.done_at.date() <= o.first_due,
        ),
        ({"state": "done"}, lambda one: one.status in FINISHED),
        ({"state": "open"}, lambda one: one.status in STILL and not is_late(one)),
        ({"state": "on_time"}, lambda o: o.status in FINISHED and o.due and o.done_at.date() <= o.due),
        ({"state": "done_late"}, lambda o: o.status in FINISHED and o.due and o.done_at.date() > o.due),
        ({"state": "to_verify"}, lambda one: one.status == ItemStatus.DONE),
        ({"state": "blocked"}, lambda one: one.status == ItemStatus.BLOCKED),
        ({"state": "moved"}, lambda one: one.moved),
        ({"state": "reopened"}, lambda one: one.reopened),
        ({"state": "declined"}, lambda one: one.status == ItemStatus.DECLINED),
        ({"period": "month"}, lambda one: one.created_at.date() > TODAY - timedelta(days=30)),
        (
            {"from": "2026-01-10", "to": "2026-02-10"},
            lambda one: date(2026, 1, 10) <= one.created_at.date() <= date(2026, 2, 10),
        ),
        ({"team": "web", "kind": "prevent"}, lambda one: (one.team, one.kind) == ("web", "prevent")),
    ]  # fmt: skip

    def check(session, items):
        for words, fits in filters:
            fitting = [one for one in items if fits(one)]
            newest_first = sorted(fitting, key=lambda one: (one.created_at, one.id), reverse=True)
            assert listed(session, hall[0], **{"period": "all", **words}) == [one.id for one in newest_first]
            assert look(session, hall[0], **{"period": "all", **words}).counts == tally(fitting)

    tried(courier, hall, said, check)


@with_items
@given(st.lists(made, max_size=25))
def test_by_owner_it_shows_how_work_is_spread_and_nobody_by_name(courier, hall, said):
    def check(session, items):
        report = look(session, hall[0], period="all", by="owner")
        assert {line.label for line in report.lines} <= {"Somebody", "Nobody"}
        owned = {id: [one for one in items if one.owner_id == id] for id in {one.owner_id for one in items}}
        tallies = [tally(mine) for id, mine in owned.items() if id]
        sizes = {
            "promised": [one.promised for one in tallies],
            "still due": [one.open + one.late for one in tallies],
            "late": [one.late for one in tallies],
        }
        assert {each.what: each.each for each in report.owners} == {k: spread(v) for k, v in sizes.items()}
        assert all(sum(many for _, many in each.owners) == len(tallies) for each in report.owners)

    tried(courier, hall, said, check)


def test_what_no_calendar_holds_is_counted_all_the_same(session, hall, first):
    """The database keeps each number as one character, and there are only so many of them."""
    odd = [
        {"due": date(9999, 12, 31)},
        {"due": date(1, 1, 1)},
        {"moved": 2_000_000},
        {"created_at": later(days=-40_000), "status": "done", "done_at": NOON},
        {"status": "done", "done_at": later(days=-9), "due": date(9999, 12, 31)},
    ]
    for each in odd:
        session.add(
            ActionItem(
                **{"incident_id": first.id, "title": "Odd", "created_by": 1, "created_at": NOON, **each}
            )
        )
    session.flush()
    counts = look(session, hall[0], period="all").counts
    assert (counts.all, counts.open, counts.late, counts.done, counts.on_time) == (5, 2, 1, 2, 1)


@with_items
@given(st.lists(made, max_size=25), st.sampled_from(["quarter", "year"]))
def test_the_course_counts_what_was_done_and_when(courier, hall, said, period):
    def check(session, items):
        course = look(session, hall[0], period=period).series
        days = audit.PERIODS[period]
        place, begin = (week_of, monday) if period == "quarter" else (month_of, first_of)
        mine = [
            one for one in items
            if one.created_at.date() > TODAY - timedelta(days=days)
            and one.status not in (ItemStatus.DECLINED, ItemStatus.DUPLICATE)
        ]  # fmt: skip
        done = [one for one in mine if one.status in FINISHED]
        assert course.steps[-1].begins == begin(place(TODAY))
        for step in course.steps:
            there = [one for one in done if begin(place(one.done_at.date())) == step.begins]
            kept = sum(1 for one in there if one.due and one.done_at.date() <= one.due)
            assert (step.on_time, step.other) == (kept, len(there) - kept)
        assert (course.steps[-1].promised, course.steps[-1].done) == (len(mine), len(done))

    tried(courier, hall, said, check)


def create(session, incident, **more):
    ana = people.of_slack(session, "U0Ana")
    title = more.pop("title", "Alert on the error rate after a deploy")
    return actions.create(session, incident, title, by=ana, now=more.pop("now", NOON), **more)


@pytest.fixture
def session(courier, hall):
    with courier.transaction() as session:
        yield session


@pytest.fixture
def first(session, hall):
    return incidents.get(session, hall[2][0])


def test_private_incidents_are_for_those_who_take_part(session, hall):
    ana, ben, _ = hall
    secret = incidents.declare(session, Report("A credential leaked", "sev1", private=True), by=ana, now=NOON)
    item = create(session, secret)
    assert listed(session, ana) == [item.id]
    assert listed(session, ben) == []
    assert look(session, ben).counts.all == 0
    with pytest.raises(incidents.NoSuchIncident):
        look(session, ben, incident=secret.ref)


def test_a_guest_sees_those_that_he_takes_part_in(session, hall, first):
    item = create(session, first)
    guest = people.introduce(session, people.Introduction("U0GUEST", "Gus", is_guest=True))
    assert listed(session, guest) == []
    assert listed(session, hall[0]) == [item.id]


def test_drills_are_never_in_it(session, hall):
    drill = incidents.declare(session, Report("A drill", "sev1", drill=True), by=hall[0], now=NOON)
    create(session, drill)
    assert listed(session, hall[0], samples="with") == []
    assert look(session, people.closeout(session)).counts.all == 0


def test_sample_data_is_counted_in_practice_or_where_it_is_asked_for(session, hall):
    sample = incidents.declare(session, Report("Made up", "sev1", sample=True), by=hall[0], now=NOON)
    item = create(session, sample)
    assert listed(session, hall[0]) == []
    assert listed(session, hall[0], samples="with") == [item.id]
    session.info["practice"] = True
    assert listed(session, hall[0]) == [item.id]


def test_it_tells_who_moved_declined_and_reopened(session, hall, first):
    ana, ben, _ = hall
    item = create(session, first, owner=ben, due=later(days=3).date())
    actions.move(session, item, later(days=9).date(), by=ben, now=NOON, why="The vendor needs longer")
    actions.done(session, item, "see the pull request", by=ben, now=later(days=1))
    actions.reopen(session, item, "It still fails", by=ana, now=later(days=2))
    other = create(session, first, owner=ben)
    actions.decline(session, other, "Replaced next month", approver=ana, by=ben, now=later(days=1))
    scope = audit.read(session, {}, as_=ana, today=TODAY)
    second, moved = audit.items(session, scope, as_=ana, today=TODAY)
    assert [(one.kind, one.by) for one in moved.changes] == [("moved", "Ben"), ("reopened", "Ana")]
    assert "The vendor needs longer" in moved.changes[0].said
    assert [(one.kind, one.by) for one in second.changes] == [("declined", "Ben")]
    assert "agreed by Ana" in second.changes[0].said


def test_somebody_who_was_met_twice_stands_there_once(session, hall, first):
    by_mail = people.of_email(session, "ben@example.com")
    create(session, first, owner=by_mail)
    create(session, first, owner=hall[1])
    people.introduce(session, people.Introduction("U0Ben", "Ben", email="ben@example.com"))
    promised = look(session, hall[0], by="owner").owners[0]
    assert (promised.each.count, promised.each.median) == (1, 2)
    assert len(listed(session, hall[0], owner="ben@example.com")) == 2


@pytest.mark.parametrize(
    ("said", "error", "told"),
    [
        ({"team": "sales"}, NoSuchChoice, "pay, web, none"),
        ({"period": "decade"}, NoSuchChoice, "month, quarter, year, all"),
        ({"state": "lost"}, NoSuchChoice, "open, late"),
        ({"owner": "Nobody I know"}, NoSuchPerson, "is nobody I know"),
        ({"from": "31.3."}, audit.BadPeriod, "like 2026-03-31"),
        ({"from": "2026-03-31", "to": "2026-03-01"}, audit.BadPeriod, "before it begins"),
        ({"incident": "INC-99"}, incidents.NoSuchIncident, "INC-99"),
    ],
)
def test_a_wrong_filter_is_told_the_right_ones(session, hall, said, error, told):
    with pytest.raises(error, match=told):
        look(session, hall[0], **said)


def test_pages_follow_one_another(session, hall, first):
    made = [create(session, first).id for _ in range(5)]
    scope = audit.read(session, {}, as_=hall[0], today=TODAY)
    page = audit.items(session, scope, as_=hall[0], today=TODAY, limit=2)
    rest = audit.items(session, scope, as_=hall[0], today=TODAY, before=page[-1].item.id)
    assert [one.item.id for one in [*page, *rest]] == made[::-1]


NASTY = '=HYPERLINK("http://evil.example","x")'


def exported(session, as_, form):
    scope = audit.read(session, {}, as_=as_, today=TODAY)
    return b"".join(audit.export(form, audit.rows(session, scope, as_=as_, today=TODAY)))


@pytest.fixture
def told(session, hall, first):
    """Two items: one with a title that a spreadsheet would compute, one done."""
    nasty = create(session, first, title=NASTY, owner=hall[1], due=later(days=3).date())
    item = create(session, first, title='Rehearse the failover <now> & then, "twice"', outcome="@SUM(1)")
    actions.done(session, item, "-2+3", by=hall[1], now=later(days=1))
    return nasty, item


def test_as_csv_nothing_is_computed(session, hall, told):
    one, other = csv.DictReader(io.StringIO(exported(session, hall[0], "csv").decode()))
    assert (one["ref"], one["title"], one["owner"], one["due"]) == ("A-1", f"'{NASTY}", "Ben", "2026-03-05")
    assert (other["outcome"], other["evidence"], other["done"]) == ("'@SUM(1)", "'-2+3", "2026-03-03")
    assert other["title"] == 'Rehearse the failover <now> & then, "twice"'


def test_as_json_it_is_what_was_said(session, hall, told):
    one, other = json.loads(exported(session, hall[0], "json"))
    assert (one["title"], one["state"], one["days_late"]) == (NASTY, "open", 0)
    assert (other["promised"], other["severity"]) == ("2026-03-02", "sev1")


def test_an_empty_export_is_a_whole_file(session, hall):
    assert json.loads(exported(session, hall[0], "json")) == []
    assert exported(session, hall[0], "csv").decode().startswith("ref,title,")
    assert cells_of(exported(session, hall[0], "xlsx"))[0][:2] == ["ref", "title"]


NS = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def cells_of(book):
    """The texts and numbers of the sheet, as a reader of XLSX finds them."""
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        sheet = ElementTree.fromstring(parts.read("xl/worksheets/sheet1.xml"))
    assert not sheet.findall(".//s:f", NS)
    return [
        [(cell.findtext("s:is/s:t", None, NS) or cell.findtext("s:v", None, NS)) for cell in row]
        for row in sheet.iter(f"{{{NS['s']}}}row")
    ]


def test_as_xlsx_texts_are_texts_and_days_are_days(session, hall, told):
    heads, one, other = cells_of(exported(session, hall[0], "xlsx"))
    assert heads == list(audit.COLUMNS)
    one, other = dict(zip(heads, one, strict=True)), dict(zip(heads, other, strict=True))
    assert one["title"] == NASTY
    assert one["due"] == str((date(2026, 3, 5) - date(1899, 12, 30)).days)
    assert other["title"] == 'Rehearse the failover <now> & then, "twice"'


def test_a_sheet_takes_whatever_was_typed():
    said = "tab\there \x00\x1b \ud800 _x0041_ ]]> 🧯\nline"
    [_, row] = cells_of(b"".join(workbook("x", ["a", "b"], [[said, 3]], [8, 8])))
    assert row == ["tab\there   _x005F_x0041_ ]]> 🧯\nline", "3"]
    [_, row] = cells_of(b"".join(workbook("x", ["a"], [["x" * 50_000]], [8])))
    assert len(row[0]) == 16_383


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r", "\n=", " =", "\uff1d"])
def test_a_cell_that_could_be_a_formula_is_text(begins):
    assert harmless(f"{begins}1+1") == f"'{begins}1+1"


@pytest.mark.parametrize("said", ["", "Alert", "a=b", "3 - 2", " spaced"])
def test_other_cells_stay_as_they_are(said):
    assert harmless(said) == said
