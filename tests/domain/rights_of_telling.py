"""Who may tell customers, plan work and keep subscribers: lines for tests/domain/test_rights.py."""

from bot.domain import mailings, maintenance, subscribers, updates
from bot.domain.maintenance import Plan, asking
from bot.domain.postmortems import summaries
from bot.domain.updates import Wording
from tests.domain.conftest import later
from tests.domain.right_tables import ADMINISTER, MANAGE
from tests.domain.rights_of_customers import COMPANYS

# Of what is private or practice there is nothing to sum up; only who may see it hears so.
SUM_UP = """
              public  drill   member  stranger
    guest     none    none    no      none
    viewer    no      no      no      none
    responder no      no      no      none
    manager   yes     inside  inside  none
    admin     yes     inside  inside  none
    left      no      no      no      none
"""
WORDS = Wording("We are on it.")
STARTS, ENDS = later(days=1), later(days=1, hours=2)


def nothing(scene):
    return None


def to_say(session, incident, by, now):
    return updates.wording.check(session, incident, WORDS, by=by, now=now)


def waiting(scene):
    """Ana wrote it; somebody else is to say yes."""
    said = to_say(scene.session, scene.incident, **scene.anas)
    row = updates.verbs.draft(scene.session, scene.incident, WORDS, said, **scene.anas)
    return scene.incident, row.id


def changed(session, given, who):
    """By its author, so it waits anew."""
    incident, id = given
    updates.approving.find(session, incident, id).by = who["by"].id
    updates.change(session, incident, id, Wording("We know why."), **who)


def planned(scene):
    return maintenance.schedule(scene.session, "New disks", STARTS, ENDS, **scene.anas)


def begun(scene):
    what = planned(scene)
    maintenance.begin(scene.session, what, **scene.anas)
    return what


def subscribed(scene):
    subscribers.ask(scene.session, "kim@shop.test", now=later(minutes=5))
    return subscribers.of_recipient(scene.session, mailings.recipient("mail", "kim@shop.test")).id


# The facts, what is done, what was there before, and who may; without the last: as of every incident.
LINES = {
    "updates.verbs.tell": (
        "UpdatePublished",
        lambda s, g, who: updates.tell(s, g, WORDS, **who),
        lambda scene: scene.incident,
    ),
    "updates.verbs.tell_first": (
        "UpdatePublished",
        lambda s, g, who: updates.tell_first(s, g, **who),
        lambda scene: scene.incident,
    ),
    "updates.verbs.draft": (
        "UpdateDrafted",
        lambda s, g, who: updates.verbs.draft(s, g, WORDS, to_say(s, g, **who), **who),
        lambda scene: scene.incident,
    ),
    "updates.approving.approve": (
        "UpdatePublished",
        lambda s, g, who: updates.approve(s, *g, **who),
        waiting,  # the seats, which nobody here has, and who manages
        MANAGE,
    ),
    "updates.approving.change": ("UpdateDrafted", changed, waiting),
    "updates.approving.discard": (
        "UpdateDiscarded",
        lambda s, g, who: updates.discard(s, *g, **who),
        waiting,  # the seats, which nobody here has, and who manages
        MANAGE,
    ),
    "postmortems.summaries.summarise": (
        "SummaryPublished",
        lambda s, g, who: summaries.summarise(s, g, "A disk was full.", **who),
        lambda scene: scene.resolved,
        SUM_UP,
    ),
    "maintenance.verbs.schedule": (
        "MaintenanceScheduled",
        lambda s, g, who: maintenance.schedule(s, "New disks", STARTS, ENDS, **who),
        nothing,
        COMPANYS,
    ),
    "maintenance.verbs.begin": (
        "MaintenanceBegan",
        lambda s, g, who: maintenance.begin(s, g, **who),
        planned,
        COMPANYS,
    ),
    "maintenance.verbs.extend": (
        "MaintenanceMoved",
        lambda s, g, who: maintenance.extend(s, g, later(days=2), **who),
        planned,
        COMPANYS,
    ),
    "maintenance.verbs.move": (
        "MaintenanceMoved",
        lambda s, g, who: maintenance.move(s, g, later(days=2), later(days=3), **who),
        planned,
        COMPANYS,
    ),
    "maintenance.verbs.tell": (
        "MaintenanceTold",
        lambda s, g, who: maintenance.tell(s, g, "It goes well.", **who),
        planned,
        COMPANYS,
    ),
    "maintenance.verbs.complete": (
        "MaintenanceCompleted",
        lambda s, g, who: maintenance.complete(s, g, **who),
        begun,
        COMPANYS,
    ),
    "maintenance.verbs.cancel": (
        "MaintenanceCancelled",
        lambda s, g, who: maintenance.cancel(s, g, **who),
        planned,
        COMPANYS,
    ),
    "maintenance.asking.plan": (
        "MaintenanceScheduled",
        lambda s, g, who: maintenance.plan(s, Plan("New disks", "2h", "1h"), **who),
        nothing,
        COMPANYS,
    ),
    "maintenance.asking.extend": (
        "MaintenanceMoved",
        lambda s, g, who: asking.extend(s, g, "30m", **who),
        planned,
        COMPANYS,
    ),
    "maintenance.asking.move": (
        "MaintenanceMoved",
        lambda s, g, who: asking.move(s, g, "3h", **who),
        planned,
        COMPANYS,
    ),
    "maintenance.asking.do": (
        "MaintenanceBegan",
        lambda s, g, who: asking.do(s, g, "begin", "", **who),
        planned,
        COMPANYS,
    ),
    "subscribers.verbs.bring_in": (
        "SubscribersImported",
        lambda s, g, who: subscribers.bring_in(s, ["kim@shop.test"], **who),
        nothing,
        ADMINISTER,
    ),
    "subscribers.verbs.remove": (
        "SubscriberRemoved",
        lambda s, g, who: subscribers.remove(s, g, **who),
        subscribed,
        ADMINISTER,
    ),
}
