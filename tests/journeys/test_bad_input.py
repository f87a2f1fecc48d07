"""Whatever is wrong gets a sentence that says what would be right, and nothing has changed."""

import json
import re

import pytest

from bot.sandbox.contract import check_channel_name
from tests.journeys.letters import FORM, JSON, a_click, a_command, an_event, post_to_slack_door, signed
from tests.world import Bot, wait_for

pytestmark = pytest.mark.slow

SEVERITIES = "Choose one of: sev1, sev2, sev3, sev4."
STATUSES = "Choose one of: investigating, identified, monitoring, resolved."
ROLES = "Choose one of: commander, comms, operations, scribe."
SOMEONE = "Write @name in Slack, or an e-mail address."
REFERENCE = "Write one like INC-7."
LIVE = "See the live ones: /incident list"
SPAN = "Write 20m, 2h, 3d, 1w, or 3bd"
TIME = "Write 10:05, or 2026-03-02T10:05."
TEMPLATES = "Choose one of: standard, lightweight, security."
MILESTONES = "Choose one of: impact_started, detected, declared"
GROWS = re.compile(r'"longest_silence":[^,}]+')
RUNBOOKS = "Choose one of: certificate-expired"


@pytest.fixture(scope="module")
def room(scene):
    """The channel of INC-1, when all about it is done."""
    number = scene.declare("All is well here")
    assert number == 1
    wait_for(lambda: scene.is_done(1), what="the declare")
    scene.settle()
    return scene.channels(1)[0]


@pytest.fixture
def nothing_changed(scene, room):
    """No table has a row more or less, and the incident is as it was."""
    before = scene.rows(), look(scene)
    yield
    assert (scene.rows(), look(scene)) == before


def look(scene):
    """All that is said of it, but for the silence that grows by itself."""
    paths = ("", "/timeline", "/updates", "/postmortem")
    shown = [scene.bot.api("GET", f"/incidents/INC-1{path}").text for path in paths]
    return [GROWS.sub("", text) for text in shown]


# ---- commands


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("statsu resolved", "Did you mean status"),
        ("new sev9 Wrong", SEVERITIES),
        ("severity huge", SEVERITIES),
        ("severity sev9 All are hit", SEVERITIES),
        ("status fixed", STATUSES),
        ("role captain @ben", ROLES),
        ("join captain", ROLES),
        ("role comms @nobody", SOMEONE),
        ("role comms", "/incident role comms @person"),
        ("handoff @nobody", SOMEONE),
        ("page nothing Help", "Services: checkout, search."),
        ("page", "/incident page checkout"),
        ("runbook nothing", RUNBOOKS),
        ("INC-99 note Nobody reads this", LIVE),
        ("merge INC-99", LIVE),
        ("merge 7x", REFERENCE),
        ("merge INC-1", "cannot be merged into itself"),
        ("note", "Say it in a few words."),
        ("cancel", "Say it in a few words."),
        ("reopen It is back", "only one that is resolved, closed or cancelled"),
        ("milestone lunch 10:00", MILESTONES),
        ("milestone detected noonish", TIME),
        ("milestone detected 2099-01-01 10:00", "cannot lie in the future"),
        ("correct 9999 It was so", "Its numbers stand in /incident timeline"),
        ("postmortem nothing", "Say /incident postmortem"),
        ("drill nothing", "Choose one of: bad-deploy-friday, checkout-outage, "),
        ("close", "Resolve it first: /incident resolve"),
    ],
)
def test_a_command_that_is_wrong(scene, room, nothing_changed, said, right):
    assert right in scene.tell("ada").says(f"/incident {said}", in_=room).text


def test_a_command_in_a_channel_that_is_no_incidents_says_how_to_name_one(scene, room, nothing_changed):
    assert "INC-" in scene.tell("ada").says("/incident note Where am I?", in_="random").text


# ---- forms


@pytest.mark.parametrize(
    ("command", "filled", "right"),
    [
        ("update We are on it", {"Next update in": "soon"}, SPAN),
        ("update", {"Message": " "}, "Say it in a few words."),
        ("action Alert on errors", {"Due": "2020-01-01"}, "Name today or a later day."),
    ],
)
def test_a_form_that_is_wrong_says_so_beside_the_field(scene, room, nothing_changed, command, filled, right):
    ada = scene.tell("ada")
    ada.says(f"/incident {command}", in_=room)
    wait_for(lambda: ada.view, what="the form")
    answer = ada.submits(**filled)
    ada.closes(all_views=True)
    assert right in str(answer.errors)


# ---- REST


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "right"),
    [
        ("POST", "", {"severity": "huge"}, 422, SEVERITIES),
        ("POST", "", {"services": ["nothing"]}, 422, "Choose one of: checkout, search."),
        ("POST", "", {"commander": "nobody"}, 422, SOMEONE),
        ("POST", "", {"tilte": "A typing error"}, 422, "Known are: title, severity"),
        ("POST", "", {"title": 7}, 422, "'title' cannot be used"),
        ("POST", "", {"detected_at": "yesterday"}, 422, "2026-03-02T10:05:00Z"),
        ("POST", "", {"detected_at": "2099-01-01T00:00:00Z"}, 422, "cannot lie in the future"),
        ("GET", "?status=fixed", None, 422, "live, investigating, identified"),
        ("GET", "/INC-99", None, 404, LIVE),
        ("GET", "/seven", None, 404, REFERENCE),
        ("PATCH", "/INC-1", {"status": "fixed"}, 422, STATUSES),
        ("PATCH", "/INC-1", {"severity": "sev1", "status": "fixed"}, 422, STATUSES),
        ("PATCH", "/INC-1", {}, 422, "Name what to change"),
        ("POST", "/INC-1/roles", {"role": "captain", "person": "ben@example.com"}, 422, ROLES),
        ("POST", "/INC-1/roles", {"role": "comms", "person": "nobody"}, 422, SOMEONE),
        ("POST", "/INC-1/merge", {"into": "INC-99"}, 404, LIVE),
        ("POST", "/INC-1/updates", {"message": ""}, 422, "Say it in a few words."),
        ("POST", "/INC-1/updates", {"message": "x", "next_in": "soon"}, 422, SPAN),
        ("POST", "/INC-1/updates", {"message": "x", "phase": "fixed"}, 422, STATUSES),
        ("POST", "/INC-1/timeline", {"text": "x", "at": "noonish"}, 422, "2026-03-02T10:05:00Z"),
        ("POST", "/INC-1/actions", {"title": "x", "due": "someday"}, 422, "2026-03-31"),
        ("POST", "/INC-1/actions", {"title": "x", "kind": "odd"}, 422, "prevent, detect, mitigate, process"),
        ("POST", "/INC-1/page", {"target": "nothing"}, None, "Services: checkout, search."),
        ("POST", "/INC-1/runbooks", {"name": "nothing"}, 422, RUNBOOKS),
        ("GET", "/INC-1/postmortem?template=nothing", None, 422, TEMPLATES),
    ],
)
def test_a_request_that_is_wrong(scene, room, nothing_changed, method, path, sent, status, right):
    answer = scene.bot.api(method, f"/incidents{path}", **({} if sent is None else {"json": sent}))
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.status_code == status or (status is None and 400 <= answer.status_code < 500)
    assert right in answer.json()["detail"]


@pytest.mark.parametrize("token", ["", "Bearer wrong", "Basic dGVzdC10b2tlbg=="])
def test_a_request_of_nobody_is_turned_away(scene, room, nothing_changed, token):
    answer = scene.bot.api("POST", "/incidents", json={}, headers={"Authorization": token})
    assert answer.status_code == 401
    assert "closeout token create" in answer.json()["detail"]


# ---- the command line


@pytest.mark.parametrize(
    ("words", "code", "right"),
    [
        ("declare --severity huge Wrong", 1, SEVERITIES),
        ("declare --service nothing Wrong", 1, "Choose one of: checkout, search."),
        ("declare --commander nobody Wrong", 1, SOMEONE),
        ("declare --as nobody Wrong", 1, SOMEONE),
        ("show INC-99", 1, LIVE),
        ("show seven", 1, REFERENCE),
        ("status INC-1 fixed", 1, STATUSES),
        ("severity INC-1 sev9", 1, SEVERITIES),
        ("role INC-1 captain ben@example.com", 1, ROLES),
        ("role INC-1 comms nobody", 1, SOMEONE),
        ("note INC-1 --at noonish It was then", 1, TIME),
        ("note INC-1", 1, "Say it in a few words."),
        ("update INC-1 --next soon We are on it", 1, SPAN),
        ("update INC-1 --phase fixed We are on it", 1, STATUSES),
        ("milestone INC-1 lunch 10:00", 1, MILESTONES),
        ("merge INC-1 INC-99", 1, LIVE),
        ("page INC-1 nothing", 1, "Services: checkout, search."),
        ("runbook INC-1 nothing", 1, RUNBOOKS),
        ("action INC-1 --due someday Alert", 1, "Write one like 2026-03-31."),
        ("postmortem INC-1 --template nothing", 1, TEMPLATES),
        ("postmortem INC-1 --format doc", 2, "'md', 'html', 'pdf'"),
        ("correct INC-1 x y", 2, "is not a valid integer"),
        ("nothing", 2, "closeout --help"),
    ],
)
def test_a_command_line_that_is_wrong(scene, room, nothing_changed, words, code, right):
    done = scene.bot.cli(*words.split(), check=False)
    assert (done.returncode, done.stdout) == (code, "")
    assert right in done.stderr
    assert "Traceback" not in done.stderr


def test_a_refusal_on_the_command_line_is_one_sentence_and_nothing_else(scene, room):
    done = scene.bot.cli("show", "seven", check=False)
    assert done.stderr == "'seven' is no reference. Write one like INC-7. Nothing was changed.\n"


# ---- settings


@pytest.fixture
def start(nursery, sqlite_url, tmp_path):
    """Try to start a bot with these settings; it must not come up, whatever its database is."""

    def tried(**env):
        slack = {"SLACK_BOT_TOKEN": "xoxb-sandbox", "SLACK_SIGNING_SECRET": "sandbox-signing-secret"}
        return Bot(tmp_path, sqlite_url, nursery=nursery, **(slack | env)).cli("serve", check=False)

    return tried


@pytest.mark.parametrize(
    ("text", "line", "right"),
    [
        ("\n[workspace\n", 2, "Expected ']'"),
        ('[workspace]\nannounce = "x"\n', 2, "'announce' is no setting here"),
        ('[workspace]\ntimezone = "Mars/Base"\n', 2, "write one like Europe/Berlin"),
        ('[workspace]\nworking_hours = "late"\n', 2, "09:00-18:00"),
        ('[[severities]]\nkey = "sev1"\nname = "C"\nfirst_update = "soon"\n', 4, "Write 20m, 2h"),
        ('[[severities]]\nkey = "sev1"\n', 1, "name"),
        ('[[services]]\nkey = "a"\nname = "A"\nteam = "nobody"\n', 4, "'nobody' is not declared"),
        ('[[services]]\nkey = "Not A Key"\nname = "A"\n', 2, "small letters"),
        ('[pagerduty]\nseverity_by_priority = { P1 = "huge" }\n', 2, "known are: sev1, sev2"),
        ('[digest]\nweekly = "someday"\n', 2, "mon 09:00"),
        ('[reminders]\nescalate_after = ["x"]\n', 2, "7d:team"),
    ],
)
def test_a_broken_closeout_toml_stops_the_start(start, tmp_path, text, line, right):
    path = tmp_path / "closeout.toml"
    path.write_text(text)
    done = start(CLOSEOUT_CONFIG=str(path))
    assert done.returncode == 1
    assert str(path) in done.stderr
    assert f"line {line}" in done.stderr
    assert right in done.stderr
    assert "start again" in done.stderr


@pytest.mark.parametrize(
    ("env", "right"),
    [
        ({"CLOSEOUT_CONFIG": "/nowhere/closeout.toml"}, "Mend CLOSEOUT_CONFIG"),
        ({"CLOSEOUT_PORT": "http"}, "a number below 65536"),
        ({"CLOSEOUT_PUBLIC_URL": "closeout"}, "an address like https://example.com"),
        ({"DATABASE_URL": "mysql://db/closeout"}, "postgresql:// or sqlite:///"),
        ({"SLACK_SIGNING_SECRET": "", "SLACK_APP_TOKEN": ""}, "SLACK_SIGNING_SECRET nor SLACK_APP_TOKEN"),
        ({"SLACK_BOT_TOKEN": ""}, "SLACK_BOT_TOKEN is missing"),
        ({"SLACK_BOT_TOKEN_FILE": "/nowhere"}, "Keep one of them"),
        ({"PAGERDUTY_API_TOKEN_FILE": "/nowhere", "PAGERDUTY_API_TOKEN": ""}, "cannot be read"),
    ],
)
def test_settings_that_cannot_work_stop_the_start(start, env, right):
    done = start(**env)
    assert done.returncode == 1
    assert right in done.stderr
    assert "start again" in done.stderr
    assert "Traceback" not in done.stderr


# ---- forged, stale, replayed

COMMAND, EVENT, CLICK = a_command("new sev1 Forged"), an_event(), a_click()


FORGED = {
    "unsigned": (COMMAND, None),
    "guessed": (COMMAND, {"secret": "guessed"}),
    "stale": (COMMAND, {"ago": 301}),
    "from the future": (COMMAND, {"ago": -310}),
    "event": (EVENT, {"secret": "guessed", "content": JSON}),
    "stale event": (EVENT, {"ago": 301, "content": JSON}),
    "click": (CLICK, {"secret": "guessed"}),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_or_stale_request_is_turned_away(scene, room, nothing_changed, name):
    body, how = FORGED[name]
    headers = signed(body, **how) if how else {"content-type": FORM}
    for more in ({}, {"x-slack-retry-num": "1"}):
        assert post_to_slack_door(scene.bot, body, headers | more).status_code == 401


@pytest.mark.parametrize(
    "odd",
    [
        signed("another body"),
        {"x-slack-request-timestamp": "now", "x-slack-signature": "v0=00"},
        {"x-slack-request-timestamp": "9" * 30, "x-slack-signature": "v0=00"},
    ],
)
def test_a_signature_that_does_not_fit_is_turned_away(scene, room, nothing_changed, odd):
    assert post_to_slack_door(scene.bot, COMMAND, {"content-type": FORM} | odd).status_code == 401


def test_a_replayed_command_is_turned_away_and_leaves_no_row(scene, room):
    headers = signed(COMMAND)
    assert post_to_slack_door(scene.bot, COMMAND, headers).status_code == 200
    wait_for(scene.is_quiet, what="the declare")
    before = scene.rows()
    for more in ({}, {"x-slack-retry-num": "1"}):
        assert post_to_slack_door(scene.bot, COMMAND, headers | more).status_code == 401
    assert scene.rows() == before


@pytest.mark.parametrize("header", ["", "v1=00", "v1=", "v0=00", "nonsense"])
def test_a_forged_webhook_of_pagerduty_is_turned_away(scene, room, nothing_changed, header):
    body = json.dumps({"event": {"id": "01FORGED"}})
    headers = {"content-type": "application/json", "x-pagerduty-signature": header}
    assert scene.post_hook(body, headers).status_code == 401


# ---- titles


@pytest.mark.parametrize(
    "title",
    [
        "🔥🔥🔥",
        "x" * 200,
        "🔥" * 200,
        "الدفع معطل منذ الصباح",
        "<!channel> all is lost",
        "<!here|here> <!everyone> <!subteam^S0PAYMENTS> <@U0BEN>",
        "@channel @here @everyone",
        "---",
        "a\u202eb\u0000c & <b>d</b>",
        "*bold* _it_ `code` ~gone~ <https://evil.example|INC-1>",
    ],
)
def test_any_title_makes_a_channel_and_pings_nobody(scene, room, title):
    said = {"title": title, "severity": "sev3"}
    answer = scene.bot.api("POST", "/incidents", json=said, headers={"Closeout-As": "ada@example.com"})
    assert answer.status_code == 201, answer.text
    is_open_and_quiet(scene, answer.json()["id"])


@pytest.mark.parametrize("title", ["🔥 <!channel> & <@U0BEN>", "x" * 200, "الدفع معطل"])
def test_any_title_may_be_typed_in_slack(scene, room, title):
    is_open_and_quiet(scene, scene.declare(title))


def is_open_and_quiet(scene, number):
    wait_for(lambda: scene.is_done(number), what="the declare")
    shown = scene.is_whole(number, people=("ada",))
    assert check_channel_name(shown["name"]) is None
    ours = [one for one in (*shown["messages"], *scene.guest.messages("incidents")) if one.get("bot_id")]
    written = json.dumps([(one["text"], one.get("blocks")) for one in ours])
    assert "<!channel" not in written
    assert "<!here" not in written
    assert "<!everyone" not in written
    assert "<!subteam" not in written
    assert "<@U0BEN" not in written
    assert "<https://evil" not in written


@pytest.mark.parametrize("title", ["x" * 201, "🔥" * 300])
def test_a_title_that_is_too_long_is_refused(scene, room, nothing_changed, title):
    answer = scene.bot.api("POST", "/incidents", json={"title": title})
    assert answer.status_code == 422
    assert "200" in answer.json()["detail"]
