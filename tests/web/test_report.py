"""Everybody may tell us what does not work, by a form without cookies, and later say if it does again."""

import html
import re

import pytest
from sqlmodel import select

from bot.domain import feedback, incidents, people, updates
from bot.domain.feedback import Feedback
from bot.domain.incidents import Report
from bot.domain.mailings import Delivery
from bot.web import report

FORM = "/status/report"


@pytest.fixture
def outside(floor):
    return Outside(floor)


class Outside:
    """Somebody outside, with a browser that keeps no cookies."""

    def __init__(self, floor):
        self.floor, self.courier, self.watch = floor, floor.courier, floor.watch
        self.browser = floor.browser()

    def fill(self, words="I cannot pay", wait=3, browser=None, **data):
        browser = browser or self.browser
        stamp = re.search(r'name="stamp" value="([^"]+)"', self.browser.get(FORM).text)[1]
        self.watch.wait(seconds=wait)
        return browser.post(FORM, data={"stamp": html.unescape(stamp), "words": words, **data})

    def kept(self):
        with self.courier.reading() as session:
            return session.exec(select(Feedback).order_by(Feedback.id)).all()

    def declare(self, is_told=True, **more):
        with self.courier.transaction() as session:
            ada = people.of_email(session, "ada@example.com")
            made = Report("Payments fail on db-7", services=("checkout",), **more)
            incident = incidents.declare(session, made, by=ada, now=self.watch.now)
            if is_told:
                updates.publish(session, incident, "Paying fails.", by=ada, now=self.watch.now)
            return incident

    def explained(self):
        """The link of the mail after the end."""
        with self.courier.transaction() as session:
            ada = people.of_email(session, "ada@example.com")
            incident = incidents.find(session, "INC-1", as_=ada)
            incidents.resolve(session, incident, by=ada, now=self.watch.now)
            feedback.explain(session, incident, "A deploy broke it.", by=ada, now=self.watch.now)
        return f"/status/answer/{self.kept()[0].token}"


def test_from_the_form_to_the_incident_it_is_about(outside):
    outside.declare()
    page = outside.fill(component="checkout", email="Kim@Shop.example", name="Kim")
    assert (page.status_code, "Thank you" in page.text) == (200, True)
    [one] = outside.kept()
    assert (one.source, one.address, one.name) == ("page", "kim@shop.example", "Kim")
    assert (one.component, one.incident_id) == ("checkout", 1)
    assert not outside.browser.cookies
    assert "<script" not in page.text


def test_the_status_page_leads_to_it(outside):
    assert f'href="{FORM}"' in outside.browser.get("/status").text


@pytest.mark.parametrize("kind", [None, {}, {"private": True}, {"drill": True}])
def test_the_answer_is_the_same_whatever_is_known(outside, kind):
    """Of somebody known too: not one letter of form or answer tells what goes on inside."""
    before = outside.browser.get(FORM).text
    blank = outside.fill(component="checkout", email="kim@shop.example").text
    if kind is not None:
        outside.declare(is_told=not kind, **kind)
    outside.watch.wait(minutes=11)
    without_stamp = re.compile(r'name="stamp" value="[^"]+"')
    assert without_stamp.sub("", outside.browser.get(FORM).text) == without_stamp.sub("", before)
    assert outside.fill(component="checkout", email="kim@shop.example").text == blank


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"words": " … "}, "Write what happened"),
        ({"words": "x" * 5001}, "5,000 characters"),
        ({"email": "a@b\r\nBcc: all@shop.example"}, "no mail address"),
        ({"component": "no-such"}, "no-such"),
        ({"stamp": "forged"}, "open for more than a day"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(outside, typed, said):
    page = outside.fill(**{"name": "Kim <b>of</b> Shop", **typed})
    assert page.status_code in (409, 422)
    assert said in html.unescape(page.text)
    assert "Kim &lt;b&gt;of&lt;/b&gt; Shop" in page.text
    assert outside.kept() == []


def test_a_program_that_fills_in_everything_is_thanked_and_nothing_is_kept(outside):
    assert outside.fill(website="https://spam.example").text == outside.fill().text
    assert len(outside.kept()) == 1


def test_what_is_far_too_long_is_not_even_read(outside):
    assert outside.browser.post(FORM, data={"words": "x" * 40_000}).status_code == 413


def test_one_client_is_held_back_kindly_and_keeps_what_they_typed(outside):
    for n in range(report.MOST):
        assert outside.fill(f"Number {n}").status_code == 200
    page = outside.fill("One more")
    assert page.status_code == 429
    assert "send it again in" in " ".join(page.text.split())
    assert "One more" in page.text
    other = outside.floor.browser()
    other._transport.client = ("192.0.2.7", 4)
    assert outside.fill("From elsewhere", browser=other).status_code == 200
    assert len(outside.kept()) == report.MOST + 1
    outside.watch.wait(minutes=11)
    assert outside.fill("Later").status_code == 200


def test_a_second_replica_counts_what_the_first_has_taken(outside):
    for n in range(report.MOST):
        outside.fill(f"Number {n}")
    replica = outside.floor.browser(outside.floor.app_with())
    assert outside.fill(browser=replica).status_code == 429


def test_a_flood_from_everywhere_is_held_back(outside):
    outside.fill()
    with outside.courier.transaction() as session:
        by, now = outside.kept()[0].by, outside.watch.now
        many = [Feedback(at=now, source="page", words="x", by=by, client=f"{n}") for n in range(600)]
        session.add_all(many)
    page = outside.fill("It is not one of many")
    assert (page.status_code, "It is not one of many" in page.text) == (429, True)
    assert len(outside.kept()) == 601


def test_whoever_has_one_address_of_a_network_has_all_of_them(outside):
    for n in range(report.MOST + 1):
        browser = outside.floor.browser()
        browser._transport.client = (f"2001:db8::{n}", 4)
        page = outside.fill(browser=browser)
    assert page.status_code == 429


def test_no_address_of_a_client_is_kept(outside):
    outside.fill()
    assert "testclient" not in str(outside.kept()[0].model_dump())
    assert len(outside.kept()[0].client) == 32


def test_the_two_questions_are_answered_once_and_by_the_button_alone(outside):
    outside.declare()
    outside.fill("I cannot <i>pay</i>", component="checkout", email="kim@shop.example")
    link = outside.explained()
    page = outside.browser.get(link)
    assert "I cannot &lt;i&gt;pay&lt;/i&gt;" in page.text
    assert "INC-1" not in page.text
    assert "db-7" not in page.text
    assert outside.kept()[0].surveyed_at is None
    page = outside.browser.post(link, data={"helped": "partly", "words": "Still slow"})
    assert (page.status_code, "Still slow" in page.text, "both questions" in page.text) == (422, True, True)
    page = outside.browser.post(link, data={"helped": "partly", "fine": "no", "words": "Still slow"})
    assert "tell us what you see" in page.text
    one = outside.kept()[0]
    assert (one.helped, one.is_fine, one.said_back) == ("partly", False, "Still slow")
    for again in (outside.browser.get(link), outside.browser.post(link, data={"helped": "yes"})):
        assert (again.status_code, "has been used" in again.text) == (410, True)


def test_a_guessed_link_opens_nothing_and_guessing_is_slow(outside):
    outside.declare()
    outside.fill(email="kim@shop.example")
    said = [outside.browser.get(f"/status/answer/guess-{n}").status_code for n in range(70)]
    assert set(said[:50]) == {410}
    assert said[-1] == 429


def test_the_link_of_the_mail_is_that_of_the_page(outside):
    outside.declare()
    outside.fill(component="checkout", email="kim@shop.example")
    link = outside.explained()
    with outside.courier.reading() as session:
        assert [one.token for one in session.exec(select(Delivery))] == [link.rpartition("/")[2]]
