"""What the journeys' tests do and look at, in the words of an incident."""

import re
from datetime import UTC, datetime

import sqlalchemy as sa

from bot.lib import db
from tests.world import ask, wait_for

CREATE, CARD, INVITE, TOPIC = "conversations.create", "card", "conversations.invite", "conversations.setTopic"
BOOKMARK, PIN, ANNOUNCEMENT, ANSWER = "bookmarks.add", "pins.add", "announcement", "answer"
IN_THE_ROOM = {CARD, INVITE, TOPIC, BOOKMARK}  # they are called at once, when there is a channel
SLACK = (CREATE, CARD, INVITE, TOPIC, BOOKMARK, PIN, ANNOUNCEMENT, ANSWER)
ALL = set(SLACK)


def blocked_by(call):
    """The calls that are not made before this one is answered."""
    if call == CREATE:
        return ALL - {CREATE}
    return {PIN} if call in IN_THE_ROOM else set()


AFTERWARDS = {"seal", "operation_outputs", "workflow_output"}


class Scene:
    """A world with the eyes of a test."""

    def __init__(self, world, double):
        self.world, self.double, self.guest = world, double, world.guest
        self.engine = db.open_engine(world.database)
        self.tell = world.person

    @property
    def bot(self):
        return self.world.bot

    # ---- people act

    def declare(self, title, *, as_="ada", severity="sev1"):
        """In one line; returns the number of the incident."""
        answer = self.tell(as_).says(f"/incident new {severity} {title}")
        return number_in(answer.text)

    def declare_in_a_form(self, title, *, as_="ada", **more):
        person = self.tell(as_)
        if person.view:
            person.closes(all_views=True)
        person.says("/incident new")
        wait_for(lambda: person.view, what="the form")
        answer = person.submits(Title=title, **more)
        assert not answer.errors
        return number_in(str(answer.body))

    def post_hook(self, body, headers=None):
        """A delivery of PagerDuty's."""
        headers = headers or self.double.headers(body)
        return ask("POST", f"{self.bot.url}/webhooks/pagerduty", content=body, headers=headers)

    def alarm(self, service, title="High latency", **about):
        """PagerDuty opens an incident and tells us; returns it, as PagerDuty knows it."""
        self.double.services[service] = about.pop("policy", "PPOL001")
        opened = self.double.add(title, service=service)
        body = self.double.hook("incident.triggered", opened, at=datetime.now(UTC), **about)
        assert self.post_hook(body).status_code == 202
        return opened

    # ---- what is in Slack

    def channels(self, number):
        return [name for name in self.guest.channel_names() if is_of(number, name)]

    def room(self, number):
        [name] = self.channels(number)
        return self.guest.channel(name)

    def messages(self, channel, key):
        """All of them whose metadata carry this key."""
        return [one for one in self.guest.messages(channel) if key_of(one) == key]

    def keys(self, channel):
        return [key for one in self.guest.messages(channel) if (key := key_of(one))]

    def answers(self, number, as_="ada"):
        """What was said to the person alone where they declared."""
        said = self.tell(as_).sees("general")
        return [one["text"] for one in said if one["ephemeral_to"] and f"INC-{number} is open" in one["text"]]

    def mark(self):
        """How many calls there were so far."""
        return self.guest.look("traffic", since=str(10**9))["last"]

    def calls(self, number, since=0):
        """The names of the calls that were made for this incident."""
        names = {}
        ids = {one["id"] for one in self.guest.channels() if is_of(number, one["name"])}
        for call in self.guest.traffic(since):
            if call["direction"] == "from_bot" and (name := what_for(call, number, ids)):
                names.setdefault(name, []).append(call)
        return names

    def is_whole(self, number, *, people, declared_by="ada"):
        """One channel, one card, one announcement, everybody in it, and nothing said twice."""
        room = self.room(number)
        ref = f"INC-{number}"
        [card] = self.messages(room["name"], f"{ref}/card")
        [_] = self.messages("incidents", f"{ref}/announcement")
        keys = self.keys(room["name"])
        assert len(keys) == len(set(keys)), keys
        assert set(room["members"]) == {"closeout", *people}
        assert room["pins"] == [card["ts"]]
        assert [one["link"].rsplit("/", 1)[1] for one in room["bookmarks"]] == [ref]
        assert ref in room["topic"]
        topics = [one for one in room["messages"] if one.get("subtype") == "channel_topic"]
        assert len({one["text"] for one in topics}) == len(topics)
        return room

    # ---- what is in the database

    def facts(self, number, *kinds):
        """The facts of an incident, by kind and in order."""
        with self.engine.connect() as connection:
            rows = connection.execute(
                sa.text("select kind from event where incident_id = :id order by id"), {"id": number}
            )
            return [kind for (kind,) in rows if not kinds or kind in kinds]

    def numbers(self):
        """Of all incidents."""
        with self.engine.connect() as connection:
            return [id for (id,) in connection.execute(sa.text("select id from incident order by id"))]

    def rows(self):
        """How many rows each table has, but those in which is kept a moment later what was done before."""
        with self.engine.connect() as connection:
            names = sorted(set(sa.inspect(connection).get_table_names()) - AFTERWARDS)
        return {name: self._count(f'"{name}"') for name in names}

    def _count(self, what):
        with self.engine.connect() as connection:
            return connection.execute(sa.text(f"select count(*) from {what}")).scalar()

    def is_quiet(self):
        """Nobody is owed anything."""
        return self._count("ear where heard < told") == 0

    def letters(self, source):
        """How many letters of a platform were kept, read or not."""
        return self._count(f"inbox where source = '{source}'")

    def is_done(self, number):
        """Nobody is owed anything about this incident."""
        return self._count(f"ear where heard < told and incident_id = {number}") == 0

    def unopened(self):
        """How many letters of the inbox nobody has read."""
        return self._count("inbox where done_at is null")

    def settle(self, patience=30.0):
        wait_for(self.is_quiet, what="quiet", patience=patience)

    def close(self):
        self.engine.dispose()


def number_in(text):
    found = re.search(r"INC-(\d+)", text)
    assert found, text
    return int(found[1])


def is_of(number, channel):
    """A title of emoji alone leaves nothing after the number."""
    return channel == f"inc-{number}" or channel.startswith(f"inc-{number}-")


def key_of(message):
    return ((message.get("metadata") or {}).get("event_payload") or {}).get("key")


def what_for(call, number, channels):
    """Which of a declare's calls this one is, if it is one for this incident."""
    args, method = call["args"], call["method"]
    key = key_of(args)
    if key in (f"INC-{number}/card", f"INC-{number}/announcement"):
        return key.rpartition("/")[2]
    if method == CREATE:
        return method if is_of(number, args["name"]) else None
    if method in ("views.update", "response_url"):
        return ANSWER if f"INC-{number} is open" in str(args) else None
    is_here = (args.get("channel") or args.get("channel_id")) in channels
    return method if is_here and method in (INVITE, TOPIC, BOOKMARK, PIN) else None
