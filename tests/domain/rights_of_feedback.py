"""Who may do what with what customers wrote: lines for tests/domain/test_rights.py."""

from bot.domain import feedback
from bot.domain.feedback import Feedback, Voice
from tests.conftest import NOON
from tests.domain.right_tables import MANAGE
from tests.domain.rights_of_customers import COMPANYS

# Of no incident: whoever works here notes what a customer said, a guest too.
NOTE = COMPANYS.replace("guest     no      no      no      no", "guest     yes     yes     yes     yes")

# Of what is private or practice customers hear nothing; only who may see it hears so.
PUBLIC_ONLY = """
              public  drill   member  stranger
    guest     none    none    inside  none
    viewer    no      no      no      none
    responder yes     inside  inside  none
    manager   yes     inside  inside  none
    admin     yes     inside  inside  none
    left      no      no      no      none
"""


def wrote(scene, **more):
    """About this incident; it was public when it came."""
    said = {"source": "page", "words": "It fails", "address": "kim@shop.test", "by": scene.ana.id}
    one = Feedback(at=NOON, incident_id=scene.incident.id, **said, **more)
    scene.session.add(one)
    scene.session.flush()
    return one


def of_none(scene):
    return feedback.take(scene.session, Voice("Login mail"), now=NOON)


def over(scene):
    wrote(scene)
    return scene.resolved


def a_rule(scene):
    return feedback.set_rule(scene.session, "paying", "pay*", **scene.anas).tag


# The facts, what is done, what was there before, and who may; without the last: as of every incident.
LINES = {
    "feedback.answers.answer": (
        "FeedbackAnswered",
        lambda s, g, who: feedback.answer(s, g, "We know.", **who),
        wrote,
    ),
    "feedback.answers.decide": (
        "FeedbackDecided",
        lambda s, g, who: feedback.decide(s, [g], "later", "So.", **who),
        wrote,
    ),
    "feedback.verbs.take": (
        "FeedbackKept",
        lambda s, g, who: feedback.take(s, Voice("Login mail"), **who),
        lambda scene: None,
        NOTE,
    ),
    "feedback.verbs.take about it": (
        "FeedbackReceived CustomersWrote",
        lambda s, g, who: feedback.take(s, Voice("It fails", incident=g), **who),
        lambda scene: scene.incident,
        PUBLIC_ONLY,
    ),
    "feedback.verbs.tie to it": (
        "FeedbackTied CustomersWrote",
        lambda s, g, who: feedback.tie(s, *g, **who),
        lambda scene: (of_none(scene), scene.incident),
        PUBLIC_ONLY,
    ),
    "feedback.answers.explain": (
        "ReportersTold",
        lambda s, g, who: feedback.explain(s, g, "It is over.", **who),
        over,
        PUBLIC_ONLY,
    ),
    "feedback.verbs.tie": (
        "FeedbackTied",
        lambda s, g, who: feedback.tie(s, g, None, **who),
        wrote,
    ),
    "feedback.verbs.tie_to_item": (
        "FeedbackTiedToItem",
        lambda s, g, who: feedback.tie_to_item(s, g, None, **who),
        lambda scene: wrote(scene, item_id=scene.item.id),
    ),
    "feedback.verbs.tie_to_item of it": (
        "FeedbackTiedToItem",
        lambda s, g, who: feedback.tie_to_item(s, *g, **who),
        lambda scene: (of_none(scene), scene.item),
        PUBLIC_ONLY,
    ),
    "feedback.verbs.tag": (
        "FeedbackTagged",
        lambda s, g, who: feedback.tag(s, g, ["paying"], high=True, **who),
        wrote,
    ),
    "feedback.verbs.regroup": (
        "FeedbackRegrouped",
        lambda s, g, who: feedback.regroup(s, g, None, **who),
        wrote,
    ),
    "feedback.verbs.erase": (
        "FeedbackErased",
        lambda s, g, who: feedback.erase(s, g, **who),
        wrote,
        MANAGE,
    ),
    "feedback.verbs.say_outcome": (
        "",
        lambda s, g, who: feedback.say_outcome(s, g, "It is mended.", **who),
        lambda scene: scene.item,
    ),
    "feedback.verbs.set_rule": (
        "TagRuleChanged",
        lambda s, g, who: feedback.set_rule(s, "paying", "pay*", **who),
        lambda scene: None,
        COMPANYS,
    ),
    "feedback.verbs.drop_rule": (
        "TagRuleChanged",
        lambda s, g, who: feedback.drop_rule(s, g, **who),
        a_rule,
        COMPANYS,
    ),
}
