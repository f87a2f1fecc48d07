"""Who may do what with customers, their words and their cases: lines for tests/domain/test_rights.py."""

from bot.domain import customers, signals
from bot.domain.customers import Entry, PrivateWord, Wording
from bot.domain.signals import Case, Series
from tests.conftest import NOON

# The register and the cases are the company's: a guest is not of it.
COMPANYS = """
              public  drill   member  stranger
    guest     no      no      no      no
    viewer    no      no      no      no
    responder yes     yes     yes     yes
    manager   yes     yes     yes     yes
    admin     yes     yes     yes     yes
    left      no      no      no      no
"""
MANAGERS = COMPANYS.replace("responder yes     yes     yes     yes", "responder no      no      no      no")

# Nothing of what is private leaves the house; only who may see it hears so.
DRAFT = """
              public  drill   member  stranger
    guest     none    none    inside  none
    viewer    no      no      no      none
    responder yes     yes     inside  none
    manager   yes     yes     inside  none
    admin     yes     yes     inside  none
    left      no      no      no      none
"""
SEND = """
              public  drill   member  stranger
    guest     none    none    no      none
    viewer    no      no      no      none
    responder no      no      no      none
    manager   yes     yes     inside  none
    admin     yes     yes     inside  none
    left      no      no      no      none
"""


def acme(scene):
    return customers.save(scene.session, Entry(name="Acme", contacts=("ops@acme.test",)), **scene.anas)[0]


def hurt(scene):
    return scene.incident, acme(scene)


def a_word(incident, customer, by):
    return PrivateWord(
        customer_id=customer.id,
        incident_id=incident.id,
        subject="Trouble",
        text="We know.",
        drafted_by=by.id,
        drafted_at=NOON,
    )


def drafted(scene):
    incident, customer = hurt(scene)
    word = a_word(incident, customer, scene.ana)
    return customers.add(scene.session, word, customer, **scene.anas)


def a_case(scene):
    series = Series(customer="acme", signal="lag", since=0)
    scene.session.add(series)
    scene.session.flush()
    case = Case(
        series_id=series.id,
        customer_id=acme(scene).id,
        signal="lag",
        began_at=NOON,
        opened_at=NOON,
        value=9.0,
        usual=1.0,
        limit=3.0,
    )
    scene.session.add(case)
    scene.session.flush()
    return case


# The facts, what is done, what was there before, and who may; without the last: as of every incident.
LINES = {
    "customers.register.save": (
        "CustomerSaved",
        lambda s, g, who: customers.save(s, Entry(name="Globex"), **who),
        lambda scene: None,
        COMPANYS,
    ),
    "customers.register.load": (
        "CustomersImported",
        lambda s, g, who: customers.load(s, "name\nGlobex\n", **who),
        lambda scene: None,
        COMPANYS,
    ),
    "customers.register.remove": (
        "CustomerRemoved",
        lambda s, g, who: customers.remove(s, g, **who),
        acme,
        MANAGERS,
    ),
    "customers.affected.set_affected": (
        "CustomerAffected",
        lambda s, g, who: customers.set_affected(s, *g, True, **who),
        hurt,
    ),
    "customers.reports.reported": (
        "CustomerReported",
        lambda s, g, who: customers.reported(s, *g, at=NOON, **who),
        hurt,
    ),
    "signals.verbs.note_report": (
        "CustomerReported",
        lambda s, g, who: signals.note_report(s, g[1], at=NOON, incident=g[0], **who),
        hurt,
    ),
    "customers.words.add": (
        "WordDrafted",
        lambda s, g, who: customers.add(s, a_word(*g, who["by"]), g[1], **who),
        hurt,
    ),
    "customers.words.draft": (
        "WordDrafted",
        lambda s, g, who: customers.draft(s, *g, **who),
        hurt,
        DRAFT,
    ),
    "customers.words.approve": (
        "WordSent",
        lambda s, g, who: customers.approve(s, g, **who),
        drafted,
        SEND,
    ),
    "customers.words.change": (
        "WordChanged",
        lambda s, g, who: customers.change(s, g, Wording("Better"), **who),
        drafted,
    ),
    "customers.words.discard": (
        "WordDiscarded",
        lambda s, g, who: customers.discard(s, g, **who),
        drafted,
    ),
    "signals.cases.accept": (
        "CaseAccepted",
        lambda s, g, who: signals.accept(s, g, **who),
        a_case,
        COMPANYS,
    ),
    "signals.cases.dismiss": (
        "CaseDismissed",
        lambda s, g, who: signals.dismiss(s, g, "a test", **who),
        a_case,
        COMPANYS,
    ),
    "signals.cases.declare": (
        "Declared CustomerAffected SignalShown",
        lambda s, g, who: signals.declare(s, g, **who),
        a_case,
        COMPANYS,
    ),
}
