"""The same right at every door: Slack, the pages, REST and the terminal refuse alike, in the same words."""

import html
import re

import pytest

from bot import cli, web
from bot.domain import incidents, people
from bot.domain import runbooks as books
from bot.domain.incidents import Member, Report
from bot.domain.people import Person
from bot.lib import db
from bot.lib.courier import Courier
from bot.lib.errors import Refused
from bot.lib.facts import Listeners
from bot.slack import commands
from bot.slack.commands import Heard
from tests.web.conftest import COMPANY, NOON, TEMPLATES, Floor, Watch, press

# A note: done; told that the role does not reach; told that there is no such incident; not let in at all.
# "nothing" is a reference that nobody ever gave; its answers must be those of "stranger".
SAID = """
              public  drill   member  stranger nothing
    guest     none    none    yes     none     none
    viewer    no      no      no      none     none
    responder yes     yes     yes     none     none
    manager   yes     yes     yes     none     none
    admin     yes     yes     yes     none     none
    left      out     out     out     out      out
"""
HEAD, *ROWS = [line.split() for line in SAID.strip().splitlines()]
TABLE = {role: dict(zip(HEAD, cells, strict=True)) for role, *cells in ROWS}
REFS = {"public": "INC-1", "drill": "INC-2", "member": "INC-3", "stranger": "INC-4", "nothing": "INC-999"}


class Doors:
    """Four ways to say the same."""

    def __init__(self, path, monkeypatch, capsys):
        self.capsys = capsys
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{path}")
        monkeypatch.setenv("CLOSEOUT_DATA_DIR", str(path.parent))
        info = {
            "company": COMPANY,
            "templates": TEMPLATES,
            "runbooks": books.load(TEMPLATES.parent / "runbooks"),
        }
        self.engine = db.open_engine(f"sqlite:///{path}")
        self.courier = Courier(self.engine, Listeners(), info | {"gate": incidents.gate})
        settings = web.WebSettings(public_url="http://closeout.test", secret_key="k" * 32, api_token="boss")
        self.floor = Floor(self.courier, Watch(), settings)

    def fill(self):
        """A person of each role; one incident of each kind, in the last but one of which all take part."""
        with self.courier.transaction() as session:
            boss = people.closeout(session)
            for about in ({}, {"drill": True}, {"private": True}, {"private": True}):
                incidents.declare(session, Report("Leaked key", **about), by=boss, now=NOON)
            self.people = {role: self._person(session, role) for role in TABLE}
            for person in self.people.values():
                session.add(Member(incident_id=3, person_id=person.id, since=NOON))
        self.browsers = {role: self._browser(role) for role in TABLE}
        self.scripts = {role: self.floor.as_(person) for role, person in self.people.items()}
        with self.courier.transaction() as session:
            people.get(session, self.people["left"].id).is_active = False

    def _person(self, session, role):
        access = role if role in ("viewer", "manager", "admin") else "responder"
        about = {"email": f"{role}@example.com", "slack_id": f"U0{role.upper()}", "is_guest": role == "guest"}
        session.add(person := Person(name=role, access=access, **about))
        session.flush()
        return person

    def _browser(self, role):
        return self.floor.signed_in(self.people[role])

    def slack(self, role, ref, text):
        heard = Heard(user=f"U0{role.upper()}", user_name=role, text=f"{ref} note {text}")
        try:
            with self.courier.transaction() as session:
                return commands.hear(session, heard, NOON).text
        except Refused as refusal:
            return str(refusal)

    def pages(self, role, ref, text):
        if role == "left":
            return self.browsers[role].get(f"/incidents/{ref}").text
        page = press(self.browsers[role], f"/incidents/{ref}/note", text=text)
        return html.unescape(page.text)

    def rest(self, role, ref, text):
        return self.scripts[role].post(f"incidents/{ref}/timeline", json={"text": text}).text

    def terminal(self, role, ref, text):
        cli.run(["note", ref, text, "--as", f"{role}@example.com"])
        said = self.capsys.readouterr()
        return said.out + said.err

    def answer(self, door, role, column):
        ref, text = REFS[column], f"by {role} at {door}"
        said = getattr(self, door)(role, ref, text)
        meant = self._meant(said, ref, text)
        return "out" if role == "left" and meant != "yes" else meant, said.replace(ref, "INC-n")

    def _meant(self, said, ref, text):
        if self._is_noted(ref, text):
            return "yes"
        if "You may look, and change nothing" in said:
            return "no"
        return "none" if f"There is no incident {ref}." in said else "out"

    def _is_noted(self, ref, text):
        with self.courier.reading() as session:
            id = int(ref.removeprefix("INC-"))
            if id > 4:
                return False
            return any(
                text in entry.text for entry in incidents.timeline(session, incidents.get(session, id))
            )


@pytest.fixture
def doors(fresh_sqlite, tmp_path, monkeypatch, capsys):
    path = tmp_path / "closeout.db"
    path.write_bytes(fresh_sqlite.read_bytes())
    doors = Doors(path, monkeypatch, capsys)
    doors.fill()
    yield doors
    doors.engine.dispose()


FAST = ["slack", "pages", "rest"]


@pytest.mark.parametrize("door", [*FAST, pytest.param("terminal", marks=pytest.mark.slow)])
def test_a_door_refuses_as_the_others_do(doors, door):
    got, words = {}, {}
    for role in TABLE:
        told = {column: doors.answer(door, role, column) for column in REFS}
        got[role] = {column: meant for column, (meant, _) in told.items()}
        words[role] = {column: plain(said) for column, (_, said) in told.items()}
    assert got == TABLE
    for said in words.values():
        assert said["stranger"] == said["nothing"]  # that there is something is not betrayed


def plain(said):
    """Without what differs from one answer to the next for its own reasons."""
    return re.sub(r'(name="csrf" value=")[^"]*', r"\1", said)


READS = ["", "/timeline", "/actions", "/updates", "/postmortem"]


@pytest.mark.parametrize("role", ["guest", "viewer", "responder", "manager", "admin"])
def test_what_is_private_reads_like_what_is_not_there(doors, role):
    browser, script = doors.browsers[role], doors.scripts[role]
    for room in READS:
        answers = [script.get(f"incidents/{REFS[one]}{room}") for one in ("stranger", "nothing")]
        assert [one.status_code for one in answers] == [404, 404], room
        assert answers[0].text.replace("INC-4", "INC-999") == answers[1].text
    for room in ("", "/postmortem", "/postmortem/history", "/postmortem/meeting.ics", "/note", "/close"):
        pages = [browser.get(f"/incidents/{REFS[one]}{room}") for one in ("stranger", "nothing")]
        assert [one.status_code for one in pages] == [404, 404], room
        assert plain(pages[0].text).replace("INC-4", "INC-999") == plain(pages[1].text)
    assert "INC-4" not in script.get("incidents").text + browser.get("/incidents?show=all").text
