"""The practice workspace as a newcomer starts it: one process, its addresses, and hands in it."""

import re
from datetime import UTC, datetime

import httpx

from bot.domain import people
from bot.domain.people import logins
from bot.lib import db
from bot.lib.courier import Courier
from bot.lib.facts import Listeners
from bot.sample.loading import OFFERED
from bot.sandbox.client import Guest
from tests.world import Bot, free_port, wait_for

FIRST_START = 60.0  # seconds; a year of history is written in it


class Town(Bot):
    """`closeout sandbox` on a database of its own; `practice` is its address, `url` the pages'."""

    def __init__(self, folder, database, *, nursery, history=False, **env):
        super().__init__(folder, database, nursery=nursery, **env)
        if not history:  # as after `closeout sample clear`
            (folder / "var").mkdir()
            (folder / "var" / OFFERED).touch()
        port = free_port()
        self.words = ("sandbox", "--port", str(port))
        self.practice = f"http://127.0.0.1:{port}"
        self.guest = Guest(self.practice)

    def launch(self):
        self.process = self._run(*self.words, out=self.log, err=self.log)

    def wait_until_ready(self):
        wait_for(self._ready, what=f"the bot ({self.log})", patience=FIRST_START)
        wait_for(lambda: "Ctrl-C" in self.said(), what=f"the greeting ({self.log})")
        return self

    def said(self):
        return self.log.read_text()

    def stop(self):
        super().stop()
        self.guest.close()

    @property
    def ports(self):
        return {httpx.URL(url).port for url in (self.url, self.practice)}

    def person(self, name):
        return self.guest.person(name)

    def login_link(self, name="ada"):
        """A one-time link for this person, as `closeout login` hands it out."""
        engine = db.open_engine(self.env["DATABASE_URL"])
        with Courier(engine, Listeners()).transaction() as session:
            person = people.of_email(session, f"{name}@example.com")
            path = logins.issue(session, person, now=datetime.now(UTC))
        engine.dispose()
        return f"{self.url}{path}"

    def declare(self, title, *, as_="ada", severity="sev2", in_="general"):
        """In one line; returns the number."""
        answer = self.person(as_).says(f"/incident new {severity} {title}", in_=in_)
        found = re.search(r"INC-(\d+)", answer.text)
        assert found, answer.text
        return int(found[1])

    def room(self, number, *, as_="ada"):
        """The channel of an incident, as soon as this person is in it."""
        return wait_for(lambda: self._room(f"inc-{number}-", as_), what=f"the channel of INC-{number}")

    def _room(self, prefix, person):
        names = [name for name in self.guest.channel_names() if name.startswith(prefix)]
        return next((name for name in names if person in self.guest.channel(name)["members"]), None)

    def incident(self, number):
        return self.api("GET", f"/incidents/INC-{number}").json()
