"""A postmortem is owed, begun, written, rendered and published."""

import sys
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain import actions, incidents, people, postmortems, updates
from bot.domain.alerts import Alert
from bot.domain.company import Company
from bot.domain.incidents import Report
from bot.domain.incidents.facts import MessageAdded
from bot.domain.incidents.guards import StillOpen
from bot.domain.postmortems import reactions
from bot.domain.postmortems.reminders import postmortem_due
from bot.lib import facts as f
from bot.lib.errors import Refused
from tests.conftest import NOON
from tests.domain.conftest import TOP, later

TEMPLATES = sorted(path.name.partition(".")[0] for path in TOP.glob("templates/postmortems/*.md.j2"))


@pytest.fixture
def listeners():
    there = f.Listeners()
    there.add_all(reactions)
    return there


def react(session):
    """Let the reaction hear what it was told, as the courier would."""
    for ear in f.behind(session):
        for event in f.owed(session, ear):
            session.info["moment"] = event.at
            f.listeners_of(session)[ear.listener].call(session, event.fact)
        f.heard(session, ear)


def resolved(session, incident, by, at=None):
    incidents.resolve(session, incident, by=by, now=at or later(minutes=43))
    react(session)
    return postmortems.get(session, incident)


@pytest.fixture
def the_story(session, an_incident, ana, ben):
    """What the golden files tell: an outage over midnight, with everything that a postmortem shows."""
    start = later(hours=11, minutes=30)
    story = incidents.declare(
        session,
        Report(
            "Checkout | is *down* <script>", "sev1", services=("checkout", "search"), impact_started_at=start
        ),
        by=ana,
        now=start + timedelta(minutes=4),
    )
    at = iter(start + timedelta(minutes=minutes) for minutes in (5, 6, 9, 20, 31, 32, 40, 45, 50))
    incidents.acknowledge(session, story, by=ben, now=next(at))
    updates.publish(session, story, "Some of you cannot pay.", by=ana, now=next(at), next_in="20m")
    incidents.set_role(session, story, "scribe", ben, by=ana, now=next(at))
    wrote = MessageAdded(
        incident_id=story.id,
        by=ana.id,
        place="C1/1",
        author=ben.id,
        author_name="Ben",
        text="errors | 5 %\n<!channel> `down`",
        permalink="https://example.slack.com/archives/C1/p1",
        images=("https://files.example.com/graph_(1).png",),
        happened_at=start + timedelta(minutes=7),
    )
    f.record(session, wrote, at=next(at))
    note = incidents.note(session, story, "rolled back deploy 4710", by=ben, now=next(at))
    incidents.correct(
        session, story, note.id, by=ben, now=next(at), text="rolled back deploy 4711", why="typo"
    )
    updates.publish(session, story, "Payments work again.", by=ana, now=next(at), phase="resolved")
    incidents.resolve(session, story, by=ana, now=next(at))
    react(session)
    actions.create(session, story, "Alert on | errors", by=ana, now=next(at), owner=ben)
    return story


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_reads_as_its_golden_file(session, the_story, golden, template):
    golden(f"postmortem-{template}.md", postmortems.render_markdown(session, the_story, template))


def test_the_page_reads_as_its_golden_file(session, the_story, ana, golden):
    answer = "**Checkout** was down.\n\n* one\n* <b>two</b>"
    postmortems.write(session, the_story, "summary", answer, by=ana, now=later(days=1))
    golden("postmortem-standard.html", postmortems.render_html(session, the_story))


def test_a_resolved_sev1_owes_its_commander_a_postmortem_in_three_business_days(
    session, an_incident, ana, facts
):
    owed = resolved(session, an_incident, ana)
    assert (owed.owner_id, owed.due_at, owed.status) == (ana.id, later(days=3, minutes=43), "draft")
    [opened] = facts(an_incident, postmortems.PostmortemOpened)
    assert (
        people.spell(session, str(opened)) == "opened the postmortem: Ana writes it, due 2026-03-05 12:43 UTC"
    )


def test_business_days_leave_the_weekend_out_and_are_those_of_the_workspace(session):
    company = Company.model_validate({"workspace": {"timezone": "Europe/Berlin"}})
    friday = datetime(2026, 3, 27, 20, 0, tzinfo=ZoneInfo("UTC"))  # the clocks go forward on Sunday
    incident = incidents.Incident(severity="sev1", status="resolved", resolved_at=friday)
    assert postmortems.rules.due_at(company, incident) == datetime(2026, 4, 1, 19, 0, tzinfo=ZoneInfo("UTC"))


def test_a_mild_incident_owes_none_and_closes_without(session, ana):
    mild = incidents.declare(session, Report("A typo", "sev4"), by=ana, now=NOON)
    assert resolved(session, mild, ana) is None
    assert incidents.close(session, mild, by=ana, now=later(hours=1))


def test_an_incident_that_nobody_rated_owes_one(session, ana):
    unrated = incidents.declare(session, Report("Something"), by=ana, now=NOON)
    assert resolved(session, unrated, ana).due_at == later(days=7, minutes=43)


def test_drills_and_private_incidents_owe_one_too(session, ana):
    for kept in (Report("Practice", "sev1", drill=True), Report("Leak", "sev1", private=True)):
        assert resolved(session, incidents.declare(session, kept, by=ana, now=NOON), ana)


def test_a_private_incident_begins_with_the_security_template(session, ana):
    leak = incidents.declare(session, Report("Leak", "sev1", private=True), by=ana, now=NOON)
    assert resolved(session, leak, ana).template == "security"


def test_without_a_commander_whoever_declared_it_writes(session, ana):
    pager = people.pagerduty(session)
    paged = incidents.declare(session, Report("Paged", "sev1"), by=pager, now=NOON)
    assert resolved(session, paged, ana).owner_id is None
    report = Report("Told", "sev1", commander=None)
    told = incidents.declare(session, report, by=ana, now=NOON)
    assert resolved(session, told, ana).owner_id == ana.id


def test_resolved_a_second_time_the_same_one_goes_on_with_a_new_day(session, an_incident, ana):
    first = resolved(session, an_incident, ana)
    postmortems.write(session, an_incident, "summary", "It was DNS.", by=ana, now=later(hours=1))
    postmortems.publish(session, an_incident, by=ana, now=later(hours=2))
    incidents.reopen(session, an_incident, "not over", by=ana, now=later(hours=3))
    again = resolved(session, an_incident, ana, later(hours=4))
    assert again is first
    assert (again.status, again.due_at, again.text("summary")) == (
        "draft",
        later(days=3, hours=4),
        "It was DNS.",
    )


def test_a_severity_that_is_raised_afterwards_owes_one(session, ana):
    mild = incidents.declare(session, Report("A typo", "sev4"), by=ana, now=NOON)
    resolved(session, mild, ana)
    incidents.set_severity(session, mild, "sev1", by=ana, now=later(hours=1))
    react(session)
    assert postmortems.get(session, mild).due_at == later(days=3, minutes=43)


def test_an_incident_cannot_be_closed_before_its_postmortem_is_published(session, an_incident, ana):
    updates.publish(session, an_incident, "All is well.", by=ana, now=NOON, phase="resolved")
    incidents.resolve(session, an_incident, by=ana, now=later(minutes=43))  # its reaction has not run yet
    with pytest.raises(StillOpen, match="/incident postmortem"):
        incidents.close(session, an_incident, by=ana, now=later(hours=1))
    assert postmortems.publish(session, an_incident, by=ana, now=later(hours=1))
    assert incidents.close(session, an_incident, by=ana, now=later(hours=2))


def test_what_was_published_before_it_was_reopened_does_not_count(session, an_incident, ana):
    resolved(session, an_incident, ana)
    postmortems.publish(session, an_incident, by=ana, now=later(hours=1))
    incidents.reopen(session, an_incident, "not over", by=ana, now=later(hours=2))
    incidents.resolve(session, an_incident, by=ana, now=later(hours=3))
    assert "postmortem" in [loop.name for loop in incidents.loops(session, an_incident) if not loop.done]


def test_a_live_incident_has_nothing_to_publish(session, an_incident, ana):
    with pytest.raises(Refused, match="Resolve it first"):
        postmortems.publish(session, an_incident, by=ana, now=NOON)
    assert postmortems.get(session, an_incident) is None


def test_it_is_published_once_and_says_what_was_left_open(session, an_incident, ana, facts):
    resolved(session, an_incident, ana)
    assert postmortems.publish(session, an_incident, by=ana, now=later(hours=1))
    assert not postmortems.publish(session, an_incident, by=ana, now=later(hours=2))
    [published] = facts(an_incident, postmortems.PostmortemPublished)
    assert published.unanswered == len(postmortems.sections(session, an_incident))


def test_what_a_person_wrote_survives_a_new_rendering(session, an_incident, ana, ben):
    resolved(session, an_incident, ana)
    postmortems.write(session, an_incident, "summary", "It was DNS.", by=ana, now=later(hours=1))
    postmortems.write(session, an_incident, "impact", "14 customers", by=ben, now=later(hours=1))
    incidents.note(session, an_incident, "found later", by=ben, now=later(hours=2))
    text = postmortems.render_markdown(session, an_incident)
    assert all(words in text for words in ("It was DNS.", "14 customers", "found later"))


def test_what_was_written_for_another_template_is_not_lost(session, an_incident, ana):
    resolved(session, an_incident, ana)
    postmortems.write(session, an_incident, "was_hard", "No dashboard.", by=ana, now=later(hours=1))
    text = postmortems.render_markdown(session, an_incident, "lightweight")
    assert "## Also written\n\n### Was hard\n\nNo dashboard." in text


def test_open_questions_stay_visible_until_they_are_answered(session, an_incident, ana):
    resolved(session, an_incident, ana)
    assert postmortems.render_markdown(session, an_incident).count("**Not answered yet.**") == 7
    postmortems.write(session, an_incident, "lucky", "It was Monday.", by=ana, now=later(hours=1))
    assert postmortems.render_markdown(session, an_incident).count("**Not answered yet.**") == 6
    [answer] = [each for each in postmortems.sections(session, an_incident) if each.answer]
    assert (answer.key, answer.answer, answer.by) == ("lucky", "It was Monday.", ana.id)


def test_an_empty_text_takes_the_answer_back(session, an_incident, ana):
    resolved(session, an_incident, ana)
    assert postmortems.write(session, an_incident, "lucky", "It was Monday.", by=ana, now=later(hours=1))
    assert not postmortems.write(session, an_incident, "lucky", "It was Monday.", by=ana, now=later(hours=1))
    assert postmortems.write(session, an_incident, "lucky", " ", by=ana, now=later(hours=1))
    assert postmortems.get(session, an_incident).sections == {}


def test_an_unknown_section_names_the_right_ones_and_changes_nothing(session, an_incident, ana, facts):
    resolved(session, an_incident, ana)
    with pytest.raises(Refused, match="Choose one of: summary, impact, detection"):
        postmortems.write(session, an_incident, "blame", "Ben", by=ana, now=later(hours=1))
    assert facts(an_incident, postmortems.PostmortemWritten) == []


def test_an_unknown_template_names_the_right_ones(session, an_incident):
    with pytest.raises(Refused, match="standard, lightweight, security"):
        postmortems.render_markdown(session, an_incident, "huge")


@pytest.fixture
def own_templates(session, tmp_path):
    """A copy of the folder, into which a company may drop files."""
    (tmp_path / "templates").mkdir()
    for name in ("postmortems", "pages"):
        (tmp_path / "templates" / name).symlink_to(TOP / "templates" / name)
    (tmp_path / "templates" / "postmortems").unlink()
    own = tmp_path / "templates" / "postmortems"
    own.mkdir()
    standard = TOP / "templates" / "postmortems" / "standard.md.j2"
    (own / "standard.md.j2").write_text(standard.read_text())
    session.info["templates"] = own.parent
    return own


def test_a_company_drops_a_template_in(session, an_incident, own_templates):
    (own_templates / "ours.md.j2").write_text("# {{ incident.title }}\n\n{{ ask('why', 'Why?') }}\n")
    assert postmortems.templates(session) == ["standard", "ours"]
    text = postmortems.render_markdown(session, an_incident, "ours")
    assert text == "# Checkout is down\n\n> **Not answered yet.** Why?\n"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("# {{ incident.titel }}", "line 1: .*titel"),
        ("\n{% if %}", "line 2: "),
        ("\n\n{{ ''.__class__ }}", "line 3: .*unsafe"),
        ("{{ 1 / 0 }}", "line 1: division by zero"),
    ],
)
def test_a_broken_template_gets_a_sentence_and_stops_no_other(
    session, an_incident, own_templates, source, said
):
    (own_templates / "broken.md.j2").write_text(source)
    with pytest.raises(
        Refused, match=rf"templates/postmortems/broken\.md\.j2, {said}.*another template: standard"
    ):
        postmortems.render_markdown(session, an_incident, "broken")
    assert "# INC-1" in postmortems.render_markdown(session, an_incident, "standard")


def test_a_folder_without_templates_says_what_to_do(session, an_incident, own_templates):
    (own_templates / "standard.md.j2").unlink()
    with pytest.raises(Refused, match="Put one into templates/postmortems"):
        postmortems.render_markdown(session, an_incident)


NASTY = "<script>alert(1)</script> ![x](https://evil.example/x.png) | *b* \u202e`` <!-- \n# big\n- li"


def test_nothing_that_was_typed_becomes_markup(session, an_incident, ana):
    incidents.rename(session, an_incident, NASTY, by=ana, now=NOON)
    incidents.note(session, an_incident, NASTY, by=ana, now=NOON)
    updates.publish(session, an_incident, NASTY, by=ana, now=NOON)
    actions.create(session, an_incident, NASTY, by=ana, now=NOON)
    page = postmortems.render_html(session, an_incident)
    assert not any(bad in page for bad in ("<script", "<img", "\u202e", "<b>", "<!-- "))
    assert page.count("<h1>") == 1
    rows = [
        line
        for line in postmortems.render_markdown(session, an_incident).splitlines()
        if line.startswith("| 12:")
    ]
    assert {row.replace(r"\|", "").count("|") for row in rows} == {5}


@pytest.mark.parametrize(
    "text", ["<!-- hidden", "```\nnever ended", "<details>", "~~~~\n```", "words\n====="]
)
def test_an_answer_cannot_swallow_what_follows(session, an_incident, ana, text):
    resolved(session, an_incident, ana)
    before = postmortems.render_html(session, an_incident).count("<h2>")
    postmortems.write(session, an_incident, "summary", text, by=ana, now=later(hours=1))
    page = postmortems.render_html(session, an_incident)
    assert (page.count("<h2>"), page.count("<h1>")) == (before, 1)
    assert not any(bad in page for bad in ("<details", "<!-- "))


def test_headings_of_an_answer_stay_below_those_of_the_document(session, an_incident, ana):
    resolved(session, an_incident, ana)
    text = "# Mine\n\n```\n# a comment <tag>\n```\n\nuse `<tag>` <b>"
    postmortems.write(session, an_incident, "summary", text, by=ana, now=later(hours=1))
    said = postmortems.render_markdown(session, an_incident)
    assert "### Mine\n\n```\n# a comment <tag>\n```\n\nuse `<tag>` \\<b>" in said


def test_times_are_computed_from_milestones_with_their_formula(session, the_story):
    measures = {each.name: each for each in postmortems.document(session, the_story).measures}
    took = {name: each.span and each.span.total_seconds() / 60 for name, each in measures.items()}
    assert took == {
        "Time to detect": 4,
        "Time to acknowledge": 1,
        "Time to first customer update": 2,
        "Time to mitigate": 45,
        "Time to resolve": 45,
    }
    assert measures["Time to resolve"].formula == "impact started to resolved"


def test_a_time_without_its_milestone_says_what_is_missing(session, an_incident):
    assert "| Time to detect | unknown: impact started is missing |" in postmortems.render_markdown(
        session, an_incident
    )


def alert(incident, number):
    at = NOON + timedelta(seconds=number)
    seen = {"service_name": "Checkout", "url": f"https://pd.example/{number}", "began_at": at, "last_at": at}
    return Alert(
        source="pagerduty", key=f"P{number}", incident_id=incident.id, title=f"5xx | {number}", **seen
    )


def test_alerts_are_listed_with_links_and_the_rest_is_counted(session, an_incident):
    session.add_all(alert(an_incident, number) for number in range(25))
    session.flush()
    text = postmortems.render_markdown(session, an_incident)
    row = r"| 2026-03-02 12:00 UTC | [5xx \| 0](https://pd.example/0) | Checkout | PagerDuty | triggered |"
    assert row in text
    assert (text.count("https://pd.example/"), "And 5 more." in text) == (20, True)


def test_what_stayed_inside_is_not_taken_for_told(session, ana):
    drill = incidents.declare(session, Report("Practice", "sev1", drill=True), by=ana, now=NOON)
    updates.publish(session, drill, "We look into it.", by=ana, now=NOON)
    text = postmortems.render_markdown(session, drill)
    assert "| investigating (stayed inside) | We look into it. |" in text


def test_what_happened_to_the_document_is_no_part_of_its_timeline(session, an_incident, ana):
    resolved(session, an_incident, ana)
    before = postmortems.render_markdown(session, an_incident).count("\n| 1")
    postmortems.publish(session, an_incident, by=ana, now=later(hours=1))
    assert postmortems.render_markdown(session, an_incident).count("\n| 1") == before


def test_the_page_leads_to_each_heading_and_each_open_question(session, the_story):
    page = postmortems.render_html(session, the_story)
    for place in ("what-customers-were-told", "timeline", "open-1", "open-7"):
        assert f'href="#{place}"' in page
        assert page.count(f'id="{place}"') == 1


def test_days_are_named_where_it_crosses_midnight(session, the_story, an_incident):
    text = postmortems.render_markdown(session, the_story)
    assert text.index("### Monday, 2 March 2026") < text.index("### Tuesday, 3 March 2026")
    assert "### Monday" not in postmortems.render_markdown(session, an_incident)


def test_who_may_not_see_a_private_incident_gets_no_document(session, ana, cy):
    leak = incidents.declare(session, Report("Leak", "sev1", private=True), by=ana, now=NOON)
    with pytest.raises(Refused, match="There is no incident"):
        postmortems.render_markdown(session, leak, as_=cy)
    assert postmortems.all(session, as_=cy) == []


def test_mine_are_those_that_i_still_have_to_write(session, an_incident, ana, ben):
    resolved(session, an_incident, ana)
    assert [each.incident_id for each in postmortems.mine(session, ana)] == [an_incident.id]
    assert postmortems.mine(session, ben) == []
    postmortems.publish(session, an_incident, by=ana, now=later(hours=1))
    assert postmortems.mine(session, ana) == []


def test_where_its_owner_left_the_channel_hears_before_it_is_due_when_it_is_and_every_week(
    session, an_incident, ana, nudged
):
    """An owner who is there gets their own message of the day: tests/domain/test_reminding.py."""
    resolved(session, an_incident, ana)  # due on Thursday at 12:43
    assert nudged(postmortem_due, NOON + timedelta(days=4)) == []
    ana.is_active = False
    session.flush()
    said = [nudged(postmortem_due, NOON + timedelta(hours=hours)) for hours in range(-2, 24 * 18, 2)]
    spoken = [(-2 + 2 * n, nudge) for n, found in enumerate(said) for nudge in found]
    assert [hours for hours, _ in spoken] == [26, 74, 242, 410]
    assert {nudge.to for _, nudge in spoken} == {None}
    assert "is due Thu 12:43 UTC" in spoken[0][1].text


def test_a_published_one_is_quiet(session, an_incident, ana, nudged):
    resolved(session, an_incident, ana)
    postmortems.publish(session, an_incident, by=ana, now=later(hours=1))
    ana.is_active = False
    session.flush()
    assert nudged(postmortem_due, later(days=3, hours=2)) == []


def test_pdf_needs_weasyprint_and_says_so(session, an_incident, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(Refused, match=r"pip install 'closeout\[pdf\]'"):
        postmortems.render_pdf(session, an_incident)
