"""Forms and the home tab against golden files; `pytest --update-golden` writes them anew."""

import json
from pathlib import Path

import pytest

from bot.domain import people
from bot.sandbox.contract import check_view
from bot.slack import home
from bot.slack.buttons import all_buttons, all_forms
from bot.slack.commands import all_commands
from bot.slack.forms import (
    Choice,
    Field,
    Filled,
    Form,
    Line,
    Several,
    Ticks,
    Wrong,
    answers_of,
    errors_in,
    told,
)
from tests.conftest import NOON
from tests.slack.talk import URL, Talk

TEMPLATES = Path(__file__).parent.parent.parent / "templates"
FORMS = {
    "new": "new",
    "new_with_a_severity": "new sev1",
    "update": "update We are on it",
    "action": "action Alert on error rate",
    "severity": "severity",
    "handoff": "handoff <@U0BEN|ben>",
    "decline": "decline A-1",
    "done": "done A-1",
}


@pytest.fixture
def talk(engine):
    talk = Talk(engine, templates=TEMPLATES)
    talk.declares("Checkout <is> down", severity="sev2", services=("checkout",), channel="C7")
    talk.fills(talk.says("action Alert", in_="C7").view, owner="U0BEN")
    return talk


@pytest.fixture
def golden(golden):
    def compare(name, shown):
        golden(f"views/{name}.json", json.dumps(shown, indent=1, ensure_ascii=False) + "\n")

    return compare


@pytest.mark.parametrize("name", FORMS)
def test_each_form_looks_as_it_did(talk, name, golden):
    golden(name, talk.says(FORMS[name], in_="C7").view)


@pytest.mark.parametrize("who", ["ada", "ben", "chen"])
def test_each_home_tab_looks_as_it_did(talk, who, golden):
    with talk.courier.transaction() as session:
        view = home.draw(session, f"U0{who.upper()}", NOON, URL)

    assert check_view(view) == []
    golden(f"home_{who}", view)


@pytest.mark.slow
def test_a_full_home_tab_stays_within_slacks_limits(talk):
    for n in range(60):
        talk.declares(f"{n} " + "\U0001f525" * 190)
        talk.fills(talk.says(f"INC-{n + 2} action " + "x" * 200).view)
    with talk.courier.transaction() as session:
        view = home.draw(session, "U0ADA", NOON, URL)

    assert check_view(view) == []


@pytest.mark.parametrize("said", ["list", "timeline", "actions", "drill"])
def test_each_answer_looks_as_it_did(talk, said, golden):
    reply = talk.says(said, in_="C7")

    golden(f"said_{said}", {"text": reply.text, "blocks": list(reply.blocks)})


def test_every_form_is_found_by_its_callback(talk):
    assert all(form.answer for form in all_forms().values())
    assert len(all_commands()) > 20
    assert {"incident.acknowledge", "update.open", "action.open", "incident.resolve", "role.join"} <= set(
        all_buttons()
    )


def test_answers_are_read_whatever_the_input(talk):
    values = {
        "a": {"a": {"type": "plain_text_input", "value": "text"}},
        "b": {"b": {"type": "plain_text_input", "value": None}},
        "c": {"c": {"type": "static_select", "selected_option": {"value": "sev1"}}},
        "d": {"d": {"type": "static_select", "selected_option": None}},
        "e": {"e": {"type": "checkboxes", "selected_options": [{"value": "1"}, {"value": "2"}]}},
        "f": {"f": {"type": "checkboxes", "selected_options": []}},
        "g": {"g": {"type": "users_select", "selected_user": "U1"}},
        "h": {"h": {"type": "datepicker", "selected_date": "2026-03-02"}},
    }

    read = answers_of({"state": {"values": values}})
    assert read == {"a": "text", "c": "sev1", "e": ("1", "2"), "g": "U1", "h": "2026-03-02"}


def test_an_error_stands_beside_its_field_else_beside_the_first():
    view = Form("x", "X").view([Line("a", "A"), Line("b", "B")])

    assert errors_in(view, Wrong("b", "No.")) == {"b": "No."}
    assert errors_in(view, Wrong("c", "No.")) == {"a": "No."}
    assert errors_in(told("X", "nothing to fill in"), Wrong("a", "No.")) == {}


def test_what_is_refused_beside_a_field_keeps_its_place(talk):
    filled = Filled({"who": "U0GONE"}, {}, talk.person("ada"), NOON)
    with talk.courier.transaction() as session:
        gone = people.of_slack(session, "U0GONE", "Gone")
        gone.is_active = False
        with pytest.raises(Wrong, match="has left the workspace") as wrong:
            filled.someone(session, "who")
    assert wrong.value.field == "who"


@pytest.mark.parametrize("count", [1, 100, 101, 950])
def test_a_menu_of_any_length_is_one_that_slack_takes(count):
    picks = [(str(n), f"Service {n}", "") for n in range(count)]
    fields: list[Field] = [
        Several("s", "S", picks=picks),
        Choice("c", "C", picks=picks),
        Ticks("t", "T", picks=picks),
    ]

    assert check_view(Form("x", "X").view(fields)) == []
