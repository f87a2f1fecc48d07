"""The page in the browser as the server sees it: files, headers, what it starts with, who is told what."""

import itertools
import json
import re
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox import acts
from bot.sandbox.channels import Message
from bot.sandbox.client import NotPossibleHere, wait_for
from bot.sandbox.manifest import installed_from
from bot.sandbox.pages import FILES, backwards
from bot.sandbox.stream import Stream
from bot.sandbox.workspace import Workspace

ROOM = "C0INCIDENTS"


@pytest.fixture
def browser(sandbox):
    with httpx.Client(base_url=sandbox.url, verify=False, timeout=5) as client:
        yield client


@pytest.fixture
def call(sandbox):
    """Calls a method of the Web API as the bot does."""
    with httpx.Client(base_url=sandbox.api_url, verify=False) as bot:
        head = {"Authorization": "Bearer xoxb-sandbox"}

        def called(method, **args):
            answer = bot.post(method, data=args, headers=head).json()
            assert answer["ok"], answer
            return answer

        yield called


@pytest.fixture
def boot(guest):
    return lambda who: guest.look("boot", **{"as": who})


@contextmanager
def following(browser, who, **more):
    """Yields a function that returns the next event as (kind, data, id)."""
    query = {"as": who} | ({"since": more["since"]} if "since" in more else {})
    headers = {"Last-Event-ID": more["last"]} if "last" in more else {}
    with browser.stream("GET", "/sandbox/events", params=query, headers=headers) as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": welcome"
        assert next(lines) == ""
        yield lambda: next_event(lines)


def next_event(lines):
    found = {}
    for line in lines:
        if not line and found.get("event", "traffic") != "traffic":
            return found["event"], json.loads(found["data"]), found["id"]
        name, _, value = line.partition(": ")
        found[name] = value
    raise AssertionError("the stream ended")


@pytest.mark.parametrize("path", ["/", "/page/app.js", "/page/style.css"])
def test_files_come_with_a_policy_that_lets_no_foreign_thing_in(browser, path):
    response = browser.get(path)

    assert response.status_code == 200
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-cache"


def test_scripts_are_served_as_scripts(browser):
    assert browser.get("/page/app.js").headers["content-type"].startswith("text/javascript")


def test_a_file_that_did_not_change_is_not_sent_twice(browser):
    tag = browser.get("/page/app.js").headers["etag"]
    assert browser.get("/page/app.js", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("path", ["/page/../app.py", "/page/%2e%2e/app.py", "/page/nothing.js", "/page/"])
def test_nothing_else_is_served(browser, path):
    assert browser.get(path).status_code == 404


def page_files():
    return [path for path in FILES.iterdir() if path.suffix in (".html", ".js", ".css")]


def test_no_file_names_another_host():
    for path in page_files():
        code = re.sub(r"^\s*(//|/?\*).*", "", path.read_text(), flags=re.MULTILINE)
        found = re.findall(r"(?:https?:)?//[a-z0-9-]+\.[a-z]{2,}", code)
        assert [one for one in found if "example.com" not in one] == [], path


def test_no_file_holds_what_the_policy_forbids():
    for path in page_files():
        text = path.read_text()
        assert not re.search(r"\beval\(|innerHTML|outerHTML|insertAdjacentHTML|document\.write", text), path
        if path.suffix == ".html":
            assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", text), path


def test_every_module_that_is_imported_is_there():
    for path in page_files():
        for name in re.findall(r"from \"\./([\w.]+)\"|import\(\"\./([\w.]+)\"\)", path.read_text()):
            assert (FILES / "".join(name)).is_file(), f"{path.name} imports {name}"


def test_a_page_starts_with_all_it_needs(boot):
    shown = boot("ben")

    assert shown["me"]["real_name"] == "Ben Okafor"
    assert len([one for one in shown["people"] if not one["is_bot"]]) == 9
    assert [one["handle"] for one in shown["groups"]] == ["payments", "platform"]
    assert shown["commands"][0]["command"] == "/incident"
    assert [one["type"] for one in shown["shortcuts"]] == ["shortcut", "message_action", "message_action"]
    channels = {one["name"]: one for one in shown["channels"]}
    assert channels["team-payments"]["is_member"]
    assert not channels["team-platform"]["is_member"]
    assert [one["members"] for one in shown["channels"] if one["is_im"]] == [["U0CLOSEOUT", "U0BEN"]]


def test_without_a_name_a_page_is_adas(guest):
    assert guest.look("boot")["me"]["id"] == "U0ADA"


def test_a_page_of_nobody_is_refused(boot):
    with pytest.raises(NotPossibleHere, match="Nobody here is called 'zoe'"):
        boot("zoe")


def test_a_page_knows_where_the_bot_is(guest, boot):
    assert boot("ada")["links"] == {"status": "", "web": ""}
    guest.connect("http://127.0.0.1:3000/slack/events")
    shown = boot("ada")
    assert shown["bot"]["is_connected"]
    assert shown["links"] == {"status": "http://127.0.0.1:3000/status", "web": "http://127.0.0.1:3000/"}


def test_a_guest_is_shown_only_their_own_rooms(boot, guest):
    assert [one["name"] for one in boot("gus")["channels"] if not one["is_im"]] == ["general"]
    with pytest.raises(NotPossibleHere, match="cannot see"):
        guest.look("channels/C0RANDOM/messages", **{"as": "gus"})


def page_of(guest, **query):
    return guest.look(f"channels/{ROOM}/messages", **{"as": "ada"} | query)


def test_messages_come_by_the_page_newest_first(guest, ada):
    stamps = [ada.says(f"line {n}", in_="incidents").ts for n in range(7)]

    last = page_of(guest, limit="3")
    middle = page_of(guest, limit="3", before=last["messages"][0]["ts"])
    first = page_of(guest, limit="3", before=middle["messages"][0]["ts"])

    assert [one["ts"] for page in (first, middle, last) for one in page["messages"]] == stamps
    assert [page["has_more"] for page in (first, middle, last)] == [False, True, True]


@pytest.mark.parametrize("limit", ["0", "-1", "x", "1001", "9" * 5000])
def test_a_page_of_another_size_is_refused(guest, limit):
    with pytest.raises(NotPossibleHere, match="from 1 to 1000"):
        page_of(guest, limit=limit)


def test_replies_are_in_their_thread_and_counted_on_top(guest, ada):
    top = ada.says("first", in_="incidents").ts
    reply = ada.says("second", in_="incidents", thread=top).ts

    (shown,) = page_of(guest)["messages"]
    thread = guest.look(f"channels/{ROOM}/replies", **{"as": "ada", "ts": top})

    assert (shown["reply_count"], shown["reply_users"], shown["latest_reply"]) == (1, ["U0ADA"], reply)
    assert [one["ts"] for one in thread["messages"]] == [top, reply]


def test_an_ephemeral_reply_is_not_counted(guest, ada, call):
    top = ada.says("first", in_="incidents").ts
    ada.says("second", in_="incidents", thread=top)
    call("chat.postEphemeral", channel=ROOM, user="U0ADA", text="psst", thread_ts=top)

    assert page_of(guest)["messages"][0]["reply_count"] == 1
    for who, count in (("ada", 3), ("ben", 2)):
        assert len(guest.look(f"channels/{ROOM}/replies", **{"as": who, "ts": top})["messages"]) == count


def test_pins_are_shown_with_who_pinned_them(guest, ada):
    top = ada.says("keep", in_="incidents").ts
    ada.pins(top, in_="incidents")

    (pin,) = guest.look(f"channels/{ROOM}/pins", **{"as": "ben"})["pins"]
    assert (pin["message"]["text"], pin["by"]) == ("keep", "U0ADA")


def test_what_is_said_reaches_a_page(browser, ada):
    with following(browser, "ben") as told:
        ada.says("hello", in_="incidents")
        kind, data, _ = told()
    assert (kind, data["channel"], data["message"]["text"]) == ("message", ROOM, "hello")


def test_a_page_that_comes_back_is_told_what_it_missed(browser, guest, ada):
    with following(browser, "ben") as told:
        ada.says("one", in_="incidents")
        _, _, last = told()
    ada.says("two", in_="incidents")
    with following(browser, "ben", last=last) as told:
        assert told()[1]["message"]["text"] == "two"


def test_nothing_is_lost_between_drawing_and_following(browser, boot, ada):
    since = boot("ben")["last"]
    ada.says("in between", in_="incidents")
    with following(browser, "ben", since=since) as told:
        assert told()[1]["message"]["text"] == "in between"


@pytest.mark.parametrize("last", ["another-1", "1", "-", "x", "1-99999999999999999999"])
def test_a_page_of_another_run_is_told_to_reload(browser, sandbox, last):
    with following_from(browser, last) as lines:
        assert next(line for line in lines if line.startswith("event")) == "event: reload"


@contextmanager
def following_from(browser, last):
    headers = {"Last-Event-ID": last}
    with browser.stream("GET", "/sandbox/events", params={"as": "ben"}, headers=headers) as stream:
        yield stream.iter_lines()


def told_to(sandbox, person):
    """What was told to a person, but for the traffic, which is open to all."""
    mine = [one for one in sandbox.workspace.stream.since(0) if one.is_for(person)]
    return [(one.kind, json.loads(one.data)) for one in mine if one.kind != "traffic"]


def test_an_ephemeral_message_reaches_its_person_alone(sandbox, call):
    call("chat.postEphemeral", channel=ROOM, user="U0BEN", text="only Ben")

    assert [kind for kind, _ in told_to(sandbox, "U0BEN")] == ["message"]
    for other in ("U0ADA", "U0HANA", "U0GUS"):
        assert told_to(sandbox, other) == []


def test_a_private_channel_reaches_its_members_alone(sandbox, call):
    secret = call("conversations.create", name="inc-secret", is_private=True)["channel"]["id"]
    call("conversations.invite", channel=secret, users="U0BEN")
    ts = call("chat.postMessage", channel=secret, text="between us")["ts"]
    call("pins.add", channel=secret, timestamp=ts)
    call("reactions.add", channel=secret, timestamp=ts, name="eyes")
    call("chat.update", channel=secret, ts=ts, text="still between us")
    call("bookmarks.add", channel_id=secret, title="t", type="link", link="http://x.example.com")
    call("conversations.setTopic", channel=secret, topic="hush")
    call("conversations.rename", channel=secret, name="inc-more-secret")

    assert {"message", "changed", "channel"} <= {kind for kind, _ in told_to(sandbox, "U0BEN")}
    assert told_to(sandbox, "U0ADA") == []
    call("conversations.kick", channel=secret, user="U0BEN")
    assert told_to(sandbox, "U0BEN")[-1] == ("gone", {"channel": secret})
    before = len(told_to(sandbox, "U0BEN"))
    call("chat.postMessage", channel=secret, text="Ben is out")
    assert len(told_to(sandbox, "U0BEN")) == before


def test_a_direct_message_reaches_its_person_alone(sandbox, call):
    call("chat.postMessage", channel="U0BEN", text="psst")
    assert [kind for kind, _ in told_to(sandbox, "U0BEN")] == ["channel", "message"]
    assert told_to(sandbox, "U0ADA") == []


def test_a_guest_hears_of_their_own_rooms_only(sandbox, ada):
    ada.says("staff", in_="incidents")
    ada.says("all", in_="general")
    assert [data["message"]["text"] for _, data in told_to(sandbox, "U0GUS")] == ["all"]


def test_edits_reactions_and_deletions_are_told(sandbox, ada):
    ts = ada.says("one", in_="incidents").ts
    ada.edits(ts, "two", in_="incidents")
    ada.reacts("eyes", ts, in_="incidents")
    ada.deletes(ts, in_="incidents")

    told = [(kind, data) for kind, data in told_to(sandbox, "U0BEN") if kind != "channel"]
    assert [kind for kind, _ in told] == ["message", "changed", "changed", "deleted"]
    assert told[1][1]["message"]["text"] == "two"
    assert told[2][1]["message"]["reactions"] == [{"name": "eyes", "users": ["U0ADA"], "count": 1}]
    assert told[3][1] == {"channel": ROOM, "ts": ts}


def test_a_reply_changes_the_message_that_it_answers(sandbox, ada):
    ts = ada.says("one", in_="incidents").ts
    ada.says("two", in_="incidents", thread=ts)
    kind, data = told_to(sandbox, "U0BEN")[-1]
    assert (kind, data["message"]["ts"], data["message"]["reply_count"]) == ("changed", ts, 1)


def test_the_weather_and_the_clock_are_told_to_everyone(sandbox, guest):
    guest.conditions(latency_ms=5)
    now = guest.advances(60)
    told = told_to(sandbox, "U0GUS")
    assert [kind for kind, _ in told] == ["conditions", "clock"]
    assert told[0][1]["latency_ms"] == 5
    assert told[1][1]["now"] == pytest.approx(now)


def test_other_rooms_may_tell_from_any_thread(sandbox, browser):
    with following(browser, "ben") as told:
        sandbox.workspace.tell("mail", {"subject": "for Ada"}, to={"U0ADA"})
        sandbox.workspace.tell("mail", {"subject": "for all"})
        assert told()[1] == {"subject": "for all"}


def test_a_made_up_event_breaks_nothing(guest, boot):
    for kind in ("message", "reaction_added", "pin_added", "channel_created", "team_join"):
        guest.act("event", event={"type": kind, "channel": "C0NOWHERE", "ts": "1.0", "user": "U0ADA"})
    assert boot("ada")["me"]


def test_a_page_that_closes_is_forgotten(sandbox, browser, ada):
    with following(browser, "ben") as told:
        ada.says("hello", in_="incidents")
        told()
    wait_for(lambda: not sandbox.workspace.stream._watching)


@settings(max_examples=60, deadline=None)
@given(
    told=st.lists(st.tuples(st.sampled_from("ab"), st.sets(st.sampled_from("xyz")) | st.none()), max_size=30),
    kept=st.integers(1, 12),
    cut=st.integers(0, 30),
)
def test_who_comes_back_gets_exactly_what_was_for_them_or_is_told_to_reload(told, kept, cut):
    stream = Stream(kept)
    cut = min(cut, len(told))
    for kind, to in told[:cut]:
        stream.tell(kind, {}, to)
    at = stream.last
    for kind, to in told[cut:]:
        stream.tell(kind, {}, to)

    lines, reached = stream._lines("x", stream.place(at))

    assert reached == len(told)
    if len(told) - cut > kept:
        assert lines.startswith("event: reload")
    else:
        mine = [kind for kind, to in told[cut:] if to is None or "x" in to]
        assert re.findall(r"event: (\w)", lines) == mine


def test_a_refusal_is_no_error_in_a_browsers_eyes(browser):
    response = browser.post("/sandbox/message", json={"user": "ada"}, headers={"X-Page": "1"})
    assert (response.status_code, response.json()) == (200, {"refused": "Say channel."})


def test_what_only_one_sees_can_be_put_away_by_them_alone(sandbox, guest, call, ada):
    ts = call("chat.postEphemeral", channel=ROOM, user="U0ADA", text="psst")["message_ts"]
    said = ada.says("for all", in_="incidents").ts

    with pytest.raises(NotPossibleHere, match="nobody else sees"):
        guest.act("dismiss", user="ben", channel="incidents", ts=ts)
    with pytest.raises(NotPossibleHere, match="nobody else sees"):
        guest.act("dismiss", user="ada", channel="incidents", ts=said)
    guest.act("dismiss", user="ada", channel="incidents", ts=ts)

    assert [one["ts"] for one in page_of(guest)["messages"]] == [said]
    assert told_to(sandbox, "U0ADA")[-1] == ("deleted", {"channel": ROOM, "ts": ts})
    assert not [kind for kind, _ in told_to(sandbox, "U0BEN") if kind == "deleted"]


def test_people_write_to_each_other_and_the_bot_hears_nothing(sandbox, guest, boot, ada, call):
    channel = guest.act("talk", user="ada", to="ben")["channel"]
    assert guest.act("talk", user="ben", to="ada")["channel"] == channel
    ada.says("between us", in_=channel)

    assert [data["channel"] for kind, data in told_to(sandbox, "U0BEN") if kind == "message"] == [channel]
    assert channel not in [one["id"] for one in boot("chen")["channels"]]
    with pytest.raises(NotPossibleHere, match="cannot see"):
        guest.look(f"channels/{channel}/messages", **{"as": "chen"})
    listed = call("conversations.list", types="im,public_channel,private_channel")["channels"]
    assert channel not in [one["id"] for one in listed]
    assert sandbox.workspace.dm("U0BEN").id != channel
    with pytest.raises(NotPossibleHere, match="somebody else"):
        guest.act("talk", user="ada", to="ada")


def test_a_page_learns_the_words_of_a_command_without_a_trace(bolt, sandbox, guest):
    @bolt.command("/incident")
    async def incident(ack, command):
        assert command["text"] == "help"
        await ack(
            "`/incident new [sevN] [title]` Declare one.\n`/incident merge &lt;INC-n&gt;` Join two.\n\nMore"
        )

    found = guest.act("words", user="ada")["words"]

    assert found == {
        "/incident": [
            {"word": "new", "usage": "new [sevN] [title]", "help": "Declare one."},
            {"word": "merge", "usage": "merge <INC-n>", "help": "Join two."},
        ]
    }
    assert told_to(sandbox, "U0ADA") == [("bot", {"is_connected": True})]


def test_a_page_without_a_bot_has_no_words(guest):
    assert guest.act("words", user="ada") == {"words": {}}


def test_a_permalink_opens_the_page(browser, call):
    ts = call("chat.postMessage", channel=ROOM, text="here")["ts"]
    reply = call("chat.postMessage", channel=ROOM, text="there", thread_ts=ts)["ts"]
    for one, place in ((ts, f"at/{ts}"), (reply, f"thread/{ts}")):
        link = call("chat.getPermalink", channel=ROOM, message_ts=one)["permalink"]
        response = browser.get(link, follow_redirects=False)
        assert response.headers["location"] == f"/#/ada/{ROOM}/{place}"
    for bad in ("/archives/C0NOWHERE/p1", f"/archives/{ROOM}/x", f"/archives/{ROOM}/p1<script>"):
        assert browser.get(bad, follow_redirects=False).headers["location"] == "/"


def test_groups_and_everyone_here_are_mentioned_as_slack_writes_it(guest, ada):
    ada.says("@payments @here @nobody", in_="incidents")
    assert page_of(guest)["messages"][-1]["text"] == "<!subteam^S0PAYMENTS|@payments> <!here> @nobody"


def test_the_words_of_the_menus_are_those_of_the_manifest(sandbox):
    manifest = json.loads((Path(__file__).parents[2] / "deploy/slack-manifest.json").read_text())
    ours, theirs = sandbox.workspace.installed.offered(), installed_from(manifest).offered()
    assert ours == theirs


@settings(max_examples=60, deadline=None)
@given(
    kinds=st.lists(st.sampled_from(["said", "reply", "both", "mine", "theirs", "deleted"]), max_size=40),
    size=st.integers(1, 7),
)
def test_pages_put_together_are_the_channel_each_message_once(kinds, size):
    workspace = Workspace(clock=lambda: 1_700_000_000.0)
    channel, ada = workspace.channels[ROOM], workspace.people["U0ADA"]
    for kind in kinds:
        happens(workspace, channel, kind)

    pages, before = [], ""
    while page := list(itertools.islice(backwards(channel, ada, before), size)):
        pages, before = [*page[::-1], *pages], page[-1].ts

    wanted = [one for one in channel.messages if one.text in ("said", "both", "mine")]
    assert [one.ts for one in pages] == [one.ts for one in wanted]


def happens(workspace, channel, kind):
    message = Message(workspace.stamp(), "U0ADA", kind)
    if kind in ("reply", "both") and channel.messages:
        message.thread_ts = channel.messages[0].ts
    if kind == "both":
        message.subtype = "thread_broadcast"
    if kind == "deleted" and channel.messages:
        acts.delete(workspace, channel, channel.messages[-1])
    elif kind in ("mine", "theirs"):
        acts.whisper(workspace, channel, {"mine": "U0ADA", "theirs": "U0BEN"}[kind], message)
    elif kind not in ("deleted", "reply") or message.thread_ts:
        acts.post(workspace, channel, message)
