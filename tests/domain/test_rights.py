"""Who may do what: every verb, tried by every role, on what is public, private, and practice."""

import inspect
import sys
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlmodel import func, select

from bot.domain import (
    actions,
    alerts,
    customers,
    drills,
    feedback,
    incidents,
    people,
    postmortems,
    recurrences,
    reminding,
    updates,
)
from bot.domain import runbooks as books
from bot.domain.alerts import Paged
from bot.domain.drills.model import Drill
from bot.domain.incidents import Incident, Member, Milestone, Report, Status
from bot.domain.incidents.facts import MessageAdded
from bot.domain.people import NotAllowed, Person
from bot.domain.postmortems.summaries import NotForCustomers
from bot.lib import db
from bot.lib.courier import Courier
from bot.lib.facts import Event, Fact, Listeners, on
from tests.conftest import NOON
from tests.domain import rights_of_customers, rights_of_feedback, rights_of_telling
from tests.domain.conftest import COMPANY, TOP, later
from tests.domain.right_tables import ADMINISTER, MANAGE

# Done; told that the role does not reach; told that there is no such incident; told that it stays inside.
YES, NO, NONE, INSIDE = "yes", "no", "none", "inside"

# What a person with the role may do to an incident in which they take no part (public, drill, stranger:
# a private one), and to a private one in which they do (member).
WORK = """
              public  drill   member  stranger
    guest     none    none    yes     none
    viewer    no      no      no      none
    responder yes     yes     yes     none
    manager   yes     yes     yes     none
    admin     yes     yes     yes     none
    left      no      no      no      none
"""
# Whoever is in the channel takes part, for there others decide who comes in; no other door uses this verb.
LET_IN = """
              public  drill   member  stranger
    guest     yes     yes     yes     yes
    viewer    yes     yes     yes     yes
    responder yes     yes     yes     yes
    manager   yes     yes     yes     yes
    admin     yes     yes     yes     yes
    left      no      no      yes     no
"""
# To bring somebody in, or to take somebody out, is no change of the incident: viewers may.
INVITE = """
              public  drill   member  stranger
    guest     none    none    yes     none
    viewer    yes     yes     yes     none
    responder yes     yes     yes     none
    manager   yes     yes     yes     none
    admin     yes     yes     yes     none
    left      no      no      no      none
"""
# What belongs to no incident is the same wherever one stands.
BEGIN = """
              public  drill   member  stranger
    guest     yes     yes     yes     yes
    viewer    no      no      no      no
    responder yes     yes     yes     yes
    manager   yes     yes     yes     yes
    admin     yes     yes     yes     yes
    left      no      no      no      no
"""
PRACTISE = BEGIN.replace("guest     yes     yes     yes     yes", "guest     no      no      no      no")
OWN = BEGIN.replace("viewer    no      no      no      no", "viewer    yes     yes     yes     yes")
# What happened in Slack is written down, whoever did it.
REPORT = """
              public  drill   member  stranger
    guest     yes     yes     yes     yes
    viewer    yes     yes     yes     yes
    responder yes     yes     yes     yes
    manager   yes     yes     yes     yes
    admin     yes     yes     yes     yes
    left      yes     yes     yes     yes
"""


def read(table: str) -> dict[str, list[str]]:
    head, *rows = [line.split() for line in table.strip().splitlines()]
    assert all(len(row) == len(head) + 1 for row in rows)
    return {row[0]: row[1:] for row in rows}


def written(cells: dict[str, list[str]]) -> str:
    return "\n".join(f"{role:<10}" + " ".join(f"{cell:<8}" for cell in row) for role, row in cells.items())


@dataclass
class Scene:
    """One incident, those who work in it, and whoever tries something."""

    session: Any
    incident: Incident
    ana: Person  # she commands
    ben: Person  # he takes part
    oda: Person  # she does not

    @property
    def anas(self) -> dict[str, Any]:
        return {"by": self.ana, "now": later(minutes=5)}

    @property
    def item(self):
        return actions.create(self.session, self.incident, "Alert on errors", owner=self.ana, **self.anas)

    @property
    def done(self):
        item = self.item
        actions.done(self.session, item, "https://example.com/1", **self.anas)
        return item

    @property
    def verified(self):
        item = self.done
        actions.verify(self.session, item, by=self.ben, now=later(minutes=6))
        return item

    @property
    def resolved(self):
        incidents.set_status(self.session, self.incident, Status.RESOLVED, **self.anas)
        return self.incident

    @property
    def written(self):
        postmortems.write(self.session, self.incident, "summary", "A deploy broke it.", **self.anas)
        return self.incident

    @property
    def handed_in(self):
        postmortems.submit(self.session, self.written, **self.anas)
        return self.incident

    @property
    def remark(self):
        return postmortems.comment(self.session, self.written, "summary", "Why?", **self.anas)

    @property
    def run(self):
        return books.post(self.session, self.incident, books.known(self.session)[0].name, **self.anas)

    @property
    def marked(self):
        about = {"incident": self.incident, "place": "C1/1", "marked_at": NOON}
        incidents.mark_message(self.session, **about, **self.anas)
        return "C1/1"

    @property
    def message(self):
        told = {"place": self.marked, "author": None, "author_name": "Ana", "text": "It smokes"}
        said = MessageAdded(incident_id=self.incident.id, by=self.ana.id, **told)
        incidents.add_message(self.session, said, now=NOON)
        return "C1/1"

    @property
    def other(self):
        return incidents.declare(
            self.session,
            Report("Another", drill=self.incident.drill, private=self.incident.private),
            **self.anas,
        )

    @property
    def drill(self):
        scenario = self.session.info["drills"][0]
        row = Drill(
            incident_id=self.incident.id,
            scenario=scenario.name,
            title=scenario.title,
            script=scenario.model_dump(mode="json", by_alias=True),
            pace=1,
            started_by=self.ana.id,
            started_at=NOON,
        )
        self.session.add(row)
        self.session.flush()
        return self.incident


@dataclass(frozen=True)
class Line:
    """A verb, what becomes true by it, who may, and how it is called. Ana makes before what it needs."""

    facts: tuple[str, ...]
    table: str
    act: Any
    given: Any = lambda scene: scene.incident


EARLIER, NOW = later(minutes=-5), later(minutes=10)


def line(facts, act, given=lambda scene: scene.incident, table=WORK):
    return Line(tuple(facts.split()), table, act, given)


def item(scene):
    return scene.item


# Every verb of the house, by the file in which it stands. `s` is the session, `g` what was given, `who` acts.
VERBS: dict[str, Line] = {
    "incidents.verbs.declare": line(
        "Declared", lambda s, g, who: incidents.declare(s, Report("x"), **who), table=BEGIN
    ),
    "incidents.verbs.set_severity": line(
        "SeverityChanged", lambda s, g, who: incidents.set_severity(s, g, "sev4", **who)
    ),
    "incidents.verbs.set_status": line(
        "StatusChanged", lambda s, g, who: incidents.set_status(s, g, Status.IDENTIFIED, **who)
    ),
    "incidents.verbs.resolve": line("StatusChanged", lambda s, g, who: incidents.resolve(s, g, **who)),
    "incidents.verbs.acknowledge": line("Acknowledged", lambda s, g, who: incidents.acknowledge(s, g, **who)),
    "incidents.verbs.reopen": line(
        "Reopened", lambda s, g, who: incidents.reopen(s, g, "again", **who), lambda scene: scene.resolved
    ),
    "incidents.verbs.cancel": line("Cancelled", lambda s, g, who: incidents.cancel(s, g, "a test", **who)),
    "incidents.verbs.close": line(
        "Closed", lambda s, g, who: incidents.close(s, g, **who), lambda scene: closable(scene)
    ),
    "incidents.verbs.merge": line(
        "Merged MergedHere",
        lambda s, g, who: merge(s, *g, who),
        lambda scene: (scene.incident, scene.other),
    ),
    "incidents.verbs.rename": line("TitleChanged", lambda s, g, who: incidents.rename(s, g, "Better", **who)),
    "incidents.verbs.set_services": line(
        "ServicesChanged", lambda s, g, who: incidents.set_services(s, g, ("search",), **who)
    ),
    "incidents.verbs.set_milestone": line(
        "MilestoneSet", lambda s, g, who: incidents.set_milestone(s, g, Milestone.DETECTED, EARLIER, **who)
    ),
    "incidents.seats.enter": line(
        "Joined",
        lambda s, g, who: incidents.enter(s, *g, **who),
        lambda scene: (scene.incident, scene.oda),
        INVITE,
    ),
    "incidents.seats.let_in": line(
        "Joined", lambda s, g, who: incidents.let_in(s, g, who["by"], **who), table=LET_IN
    ),
    "incidents.seats.leave": line(
        "Left",
        lambda s, g, who: incidents.leave(s, *g, **who),
        lambda scene: (scene.incident, scene.ben),
        INVITE,
    ),
    "incidents.seats.set_role": line(
        "RoleTaken", lambda s, g, who: incidents.set_role(s, g, "scribe", who["by"], **who)
    ),
    "incidents.seats.hand_off": line(
        "HandedOff",
        lambda s, g, who: incidents.hand_off(s, *g, {}, **who),
        lambda scene: (scene.incident, scene.ben),
    ),
    "incidents.timeline.note": line("NoteAdded", lambda s, g, who: incidents.note(s, g, "x", **who)),
    "incidents.timeline.correct": line(
        "EntryCorrected",
        lambda s, g, who: incidents.correct(s, *g, text="y", **who),
        lambda scene: (scene.incident, incidents.note(scene.session, scene.incident, "x", **scene.anas).id),
    ),
    "incidents.timeline.mark_message": line(
        "MessageMarked", lambda s, g, who: incidents.mark_message(s, g, "C1/1", marked_at=NOW, **who)
    ),
    "incidents.timeline.unmark_message": line(
        "MessageRemoved",
        lambda s, g, who: (
            incidents.unmark_message(s, g, marked_at=NOW, **{**who, "by": incidents_ana(s)})
            and incidents.delete_message(s, g, **who)
        ),
        lambda scene: scene.message,
        REPORT,
    ),
    "incidents.timeline.edit_message": line(
        "MessageEdited",
        lambda s, g, who: incidents.edit_message(s, g, "It burns", **who),
        lambda scene: scene.message,
        REPORT,
    ),
    "incidents.timeline.delete_message": line(
        "MessageRemoved",
        lambda s, g, who: incidents.delete_message(s, g, **who),
        lambda scene: scene.message,
        REPORT,
    ),
    "updates.verbs.publish": line(
        "UpdatePublished", lambda s, g, who: updates.publish(s, g, "We are on it.", **who)
    ),
    "actions.verbs.create": line(
        "ActionCreated", lambda s, g, who: actions.create(s, g, "Alert on errors", **who)
    ),
    "actions.verbs.assign": line(
        "ActionAssigned",
        lambda s, g, who: actions.assign(s, *g, **who),
        lambda scene: (scene.item, scene.ben),
    ),
    "actions.verbs.move": line(
        "ActionMoved", lambda s, g, who: actions.move(s, g, date(2026, 3, 4), why="sooner", **who), item
    ),
    "actions.verbs.describe": line(
        "ActionChanged",
        lambda s, g, who: actions.describe(s, g, actions.Wording("Alert sooner"), **who),
        item,
    ),
    "actions.verbs.snooze": line(
        "ActionSnoozed", lambda s, g, who: actions.snooze(s, g, date(2026, 3, 4), "away", **who), item
    ),
    "actions.steps.start": line("ActionStarted", lambda s, g, who: actions.start(s, g, **who), item),
    "actions.steps.block": line("ActionBlocked", lambda s, g, who: actions.block(s, g, "x", **who), item),
    "actions.steps.done": line("ActionDone", lambda s, g, who: actions.done(s, g, "x", **who), item),
    "actions.steps.verify": line(
        "ActionVerified", lambda s, g, who: actions.verify(s, g, **who), lambda scene: scene.done
    ),
    "actions.steps.reopen": line(
        "ActionReopened", lambda s, g, who: actions.reopen(s, g, "x", **who), lambda scene: scene.done
    ),
    "actions.steps.decline": line(
        "ActionDeclined",
        lambda s, g, who: actions.decline(s, g[0], "x", approver=g[1], **who),
        lambda scene: (scene.item, scene.ben),
    ),
    "actions.steps.duplicate": line(
        "ActionDuplicated",
        lambda s, g, who: actions.duplicate(s, *g, **who),
        lambda scene: (scene.item, scene.item),
    ),
    "actions.steps.judge": line(
        "ActionEffectSeen",
        lambda s, g, who: actions.judge(s, g, "holds", **who),
        lambda scene: scene.verified,
    ),
    "alerts.paging.page": line("Paged", lambda s, g, who: alerts.page(s, g, "checkout", "help", **who)),
    "drills.verbs.start": line(
        "Declared Joined DrillStarted",
        lambda s, g, who: drills.start(s, s.info["drills"][0].name, **who),
        table=PRACTISE,
    ),
    "drills.verbs.stop": line(
        "DrillEnded Cancelled", lambda s, g, who: drills.stop(s, g, **who), lambda scene: scene.drill
    ),
    "runbooks.verbs.post": line(
        "RunbookPosted", lambda s, g, who: books.post(s, g, books.known(s)[0].name, **who)
    ),
    "runbooks.verbs.tick": line(
        "StepTicked",
        lambda s, g, who: books.tick(s, *g, 1, True, **who),
        lambda scene: (scene.incident, scene.run.id),
    ),
    "recurrences.verbs.name_factor": line(
        "FactorNamed", lambda s, g, who: recurrences.name_factor(s, g, "deploy", **who)
    ),
    "recurrences.verbs.drop_factor": line(
        "FactorDropped",
        lambda s, g, who: recurrences.drop_factor(s, g, "deploy", **who),
        lambda scene: with_factor(scene),
    ),
    "recurrences.verbs.set_factors": line(
        "FactorDropped FactorNamed",
        lambda s, g, who: recurrences.set_factors(s, g, ["certificate"], **who),
        lambda scene: with_factor(scene),
    ),
    "postmortems.verbs.open_draft": line(
        "PostmortemOpened", lambda s, g, who: postmortems.open_draft(s, g, **who)
    ),
    "postmortems.verbs.write": line(
        "PostmortemWritten",
        lambda s, g, who: postmortems.write(s, g, "summary", "12 orders", **who),
        lambda scene: scene.written,
    ),
    "postmortems.verbs.write_all": line(
        "PostmortemWritten",
        lambda s, g, who: postmortems.write_all(s, g, {"summary": "12 orders"}, **who),
        lambda scene: scene.written,
    ),
    "postmortems.verbs.choose_template": line(
        "PostmortemTemplateChosen",
        lambda s, g, who: postmortems.choose_template(s, g, another_template(s, g), **who),
        lambda scene: scene.written,
    ),
    "postmortems.verbs.assign": line(
        "PostmortemAssigned",
        lambda s, g, who: postmortems.assign(s, *g, **who),
        lambda scene: (scene.written, scene.ben),
    ),
    "postmortems.verbs.publish": line(
        "PostmortemPublished",
        lambda s, g, who: postmortems.publish(s, g, **who),
        lambda scene: scene.written and scene.resolved,
    ),
    "postmortems.margins.comment": line(
        "PostmortemCommented",
        lambda s, g, who: postmortems.comment(s, g, "summary", "Why?", **who),
        lambda scene: scene.written,
    ),
    "postmortems.margins.remark": line(
        "PostmortemCommented",
        lambda s, g, who: postmortems.remark(s, g, "summary", "Why?", **who),
        lambda scene: scene.written,
    ),
    "postmortems.margins.settle": line(
        "PostmortemCommentSettled",
        lambda s, g, who: postmortems.settle(s, *g, **who),
        lambda scene: (scene.incident, scene.remark.id),
    ),
    "postmortems.margins.restore": line(
        "PostmortemWritten",
        lambda s, g, who: postmortems.restore(s, g, 1, **who),
        lambda scene: rewritten(scene),
    ),
    "postmortems.margins.autosave": line(
        "",  # nobody else sees it
        lambda s, g, who: postmortems.autosave(s, g, "summary", "12 or", **who),
        lambda scene: scene.written,
    ),
    "postmortems.outside.set_meeting": line(
        "PostmortemMeetingSet",
        lambda s, g, who: postmortems.set_meeting(s, g, later(days=1), **who),
        lambda scene: scene.written,
    ),
    "postmortems.outside.call_off": line(
        "PostmortemMeetingCalledOff",
        lambda s, g, who: postmortems.call_off(s, g, **who),
        lambda scene: with_meeting(scene),
    ),
    "postmortems.review.submit": line(
        "PostmortemSubmitted",
        lambda s, g, who: postmortems.submit(s, g, **who),
        lambda scene: scene.written,
    ),
    "postmortems.review.approve": line(
        "PostmortemApproved",
        lambda s, g, who: postmortems.approve(s, g, **who),
        lambda scene: scene.handed_in,
    ),
    "postmortems.review.send_back": line(
        "PostmortemSentBack",
        lambda s, g, who: postmortems.send_back(s, g, "Say why.", **who),
        lambda scene: scene.handed_in,
    ),
    "people.access.give": line(
        "AccessChanged",
        lambda s, g, who: people.give(s, g, "manager", **who),
        lambda scene: scene.oda,
        ADMINISTER,
    ),
    "reminding.wishes.choose": line(
        "DigestChosen",
        lambda s, g, who: reminding.choose(s, who["by"], off=True, now=who["now"]),
        table=OWN,
    ),
}

for room in (rights_of_customers, rights_of_feedback, rights_of_telling):
    VERBS |= {name: line(*given) for name, given in room.LINES.items()}

# Functions that take a `by` and are no verbs of people: one of the verbs above calls them, or a source.
HELPERS = {
    "actions.verbs.tell",
    "alerts.paging.tell",
    "drills.verbs.end",
    "actions.rules.check_verifier",
    "actions.rules.check_approver",
    "postmortems.rules.check_seen",
    "mailings.sending.begin",
    "mailings.sending.sent",
    "updates.verbs.say",
    "updates.wording.check",
    "trail.queries.entries",  # a question; tests/domain/test_trail.py asks who may
}
SOURCES = {  # PagerDuty, Git and trackers say so, as Closeout itself
    "alerts.telling.tell",
    "trackers.telling.tell",
    "alerts.verbs.opened",
    "alerts.verbs.joined_by",
    "alerts.verbs.seat_on_call",
    "postmortems.outside.committed",
    "postmortems.outside.not_committed",
}


def closable(scene):
    updates.publish(scene.session, scene.resolved, "It is over.", phase="resolved", **scene.anas)
    postmortems.publish(scene.session, scene.written, **scene.anas)
    return scene.incident


def merge(session, incident, into, who):
    """Whoever takes part in one takes part in the other."""
    if who["by"].id in incidents.members(session, incident):
        session.add(Member(incident_id=into.id, person_id=who["by"].id, since=NOON))
    incidents.merge(session, incident, into, **who)


def with_meeting(scene):
    postmortems.set_meeting(scene.session, scene.written, later(days=1), **scene.anas)
    return scene.incident


def rewritten(scene):
    postmortems.write(scene.session, scene.written, "summary", "A certificate broke it.", **scene.anas)
    return scene.incident


def with_factor(scene):
    recurrences.name_factor(scene.session, scene.incident, "deploy", **scene.anas)
    return scene.incident


def another_template(session, incident):
    now = postmortems.state(session, incident).template
    return next(name for name in postmortems.templates(session) if name != now)


def incidents_ana(session):
    return people.of_slack(session, "U0ANA")


# ---- the stage


@on(Paged)
def rings(session, fact):
    """Somebody can be rung."""


@pytest.fixture(scope="module")
def stage(fresh_sqlite, tmp_path_factory):
    """One transaction for all cells; each is taken back."""
    path = tmp_path_factory.mktemp("rights") / "closeout.db"
    path.write_bytes(fresh_sqlite.read_bytes())
    engine = db.open_engine(f"sqlite:///{path}")
    listeners = Listeners()
    listeners.add(rings)
    info = {
        "company": COMPANY,
        "templates": TOP / "templates",
        "runbooks": books.load(TOP / "runbooks"),
        "drills": drills.load(TOP / "runbooks" / "drills", path.parent),
        "gate": incidents.gate,
    }
    with Courier(engine, listeners, info).transaction() as session:
        ana, ben, oda = (
            people.of_slack(session, f"U0{name.upper()}", name) for name in ("Ana", "Ben", "Oda")
        )
        found = {}
        for kind, about in {"public": {}, "drill": {"drill": True}, "private": {"private": True}}.items():
            report = Report(f"A {kind} one", "sev3", services=("checkout",), **about)
            incident = incidents.declare(session, report, by=ana, now=NOON)
            incidents.enter(session, incident, ben, by=ana, now=NOON)
            found[kind] = Scene(session, incident, ana, ben, oda)
        yield found | {"member": found["private"], "stranger": found["private"]}
    engine.dispose()


def somebody(session, role, incident=None):
    """A person with this role, who takes part where an incident is named."""
    access = role if role in ("viewer", "manager", "admin") else "responder"
    person = Person(name=role, access=access, is_guest=role == "guest", is_active=role != "left")
    session.add(person)
    session.flush()
    if incident:
        session.add(Member(incident_id=incident.id, person_id=person.id, since=NOON))
        session.flush()
    return person


# What is private or practice never reaches customers.
STAYS_INSIDE = (NotForCustomers, feedback.StaysInside, customers.StaysInside)


def attempt(scene, line, role, *, takes_part):
    """What becomes of it, and which facts it left; then all is as it was."""
    session = scene.session
    nested = session.begin_nested()
    try:
        given = line.given(scene)
        who = {"by": somebody(session, role, scene.incident if takes_part else None), "now": NOW}
        before = last(session)
        line.act(session, given, who)
        return YES, facts_since(session, before)
    except NotAllowed:
        return NO, ()
    except incidents.NoSuchIncident:
        return NONE, ()
    except STAYS_INSIDE:
        return INSIDE, ()
    finally:
        nested.rollback()


def last(session):
    return session.exec(select(func.max(Event.id))).one()


def facts_since(session, id):
    return set(session.exec(select(Event.kind).where(Event.id > id)))


# Who does something takes part; a drill begins to play; what was merged brings its services along.
WITH_IT = {"Joined", "Injected", "ServicesChanged"}
COLUMNS = ("public", "drill", "member", "stranger")


@pytest.mark.parametrize("verb", VERBS)
def test_who_may(stage, verb):
    line, got = VERBS[verb], {}
    for role in read(WORK):
        got[role] = []
        for column in COLUMNS:
            answer, facts = attempt(stage[column], line, role, takes_part=column == "member")
            got[role].append(answer)
            if answer == YES:
                assert facts - WITH_IT == set(line.facts) - WITH_IT, verb
    assert written(got) == written(read(line.table))


def test_every_verb_has_a_line():
    """A new verb is tried too: whoever adds one says who may."""
    assert verbs_of_the_house() - HELPERS - SOURCES == {name.split()[0] for name in VERBS} - {
        "reminding.wishes.choose"
    }


def verbs_of_the_house():
    found = set()
    for name, module in list(sys.modules.items()):
        if not name.startswith("bot.domain."):
            continue
        for word, thing in vars(module).items():
            is_own = inspect.isfunction(thing) and thing.__module__ == name and not word.startswith("_")
            if is_own and "by" in inspect.signature(thing).parameters:
                found.add(f"{name.removeprefix('bot.domain.')}.{word}")
    return found


@pytest.mark.parametrize("public", [True, False])
def test_a_merge_lets_nobody_into_what_they_may_not_see(stage, public):
    scene = stage["public" if public else "stranger"]
    nested = scene.session.begin_nested()
    cy = somebody(scene.session, "guest")
    own = incidents.declare(scene.session, Report("Mine", private=not public), by=cy, now=NOON)
    with pytest.raises(incidents.NoSuchIncident):
        incidents.merge(scene.session, own, scene.incident, by=cy, now=NOW)
    nested.rollback()


RULE = """
              public  drill   member  stranger
    guest     none    none    no      none
    viewer    no      no      no      none
    responder no      no      no      none
    manager   no      no      no      none
    admin     yes     yes     yes     none
    left      no      no      no      none
"""
GATE = {"viewer": INVITE, "responder": WORK, "manager": MANAGE, "admin": RULE}


def facts_of_the_house():
    """Whatever may become true of an incident, by its name."""
    known = {kind: fact for kind, fact in Fact.kinds.items() if fact.__module__.startswith("bot.")}
    return {kind: fact for kind, fact in known.items() if not fact.reported}


@pytest.mark.parametrize("kind", sorted(facts_of_the_house()))
def test_the_gate_holds_for_every_fact(stage, kind):
    """No verb can make it true without passing here; so a verb of tomorrow is asked as those of today are."""
    made, got = facts_of_the_house()[kind], {}
    for role in read(WORK):
        got[role] = [at_the_gate(stage[column], made, role, column == "member") for column in COLUMNS]
    assert written(got) == written(read(GATE[made.needs]))


def at_the_gate(scene, made, role, takes_part):
    nested = scene.session.begin_nested()
    person = somebody(scene.session, role, scene.incident if takes_part else None)
    try:
        incidents.gate(scene.session, made.model_construct(incident_id=scene.incident.id, by=person.id))
        return YES
    except NotAllowed:
        return NO
    except incidents.NoSuchIncident:
        return NONE
    finally:
        nested.rollback()


def test_a_gate_that_stands_open_would_be_seen(stage):
    """The same cells without a gate: the table above is no accident."""
    scene = stage["stranger"]
    guarded, scene.session.info["gate"] = scene.session.info["gate"], lambda session, fact: None
    try:
        note = VERBS["incidents.timeline.note"]
        assert attempt(scene, note, "viewer", takes_part=False)[0] == YES
    finally:
        scene.session.info["gate"] = guarded


@pytest.mark.parametrize("role", ["guest", "viewer", "responder", "manager", "admin"])
def test_who_sees_what(stage, role):
    """A role says what one may do, never what one may see."""
    sees = {}
    for column in COLUMNS:
        scene = stage[column]
        nested = scene.session.begin_nested()
        person = somebody(scene.session, role, scene.incident if column == "member" else None)
        listed = scene.incident in incidents.page(scene.session, as_=person)
        assert listed == incidents.visible(scene.session, scene.incident, person)
        sees[column] = listed
        nested.rollback()
    everyone = {"public": role != "guest", "drill": role != "guest", "member": True, "stranger": False}
    assert sees == everyone


def test_the_words_for_what_is_private_are_those_for_what_is_not_there(stage):
    scene = stage["stranger"]
    said = []
    for ref in (scene.incident.ref, "INC-999"):
        with pytest.raises(incidents.NoSuchIncident) as refusal:
            incidents.find(scene.session, ref, as_=scene.oda)
        said.append(str(refusal.value).replace(ref, "INC-n"))
    assert said[0] == said[1]
