"""Settings are read once, from a mapping, and fail with a sentence."""

import stat

import pytest

from bot import settings
from bot.settings import BadSettings


def read(tmp_path, **env):
    return settings.read({"CLOSEOUT_DATA_DIR": str(tmp_path), **env})


def test_nothing_set_is_enough(tmp_path):
    found = read(tmp_path)
    assert found.database_url == f"sqlite:///{tmp_path / 'closeout.db'}"
    assert found.public_url == "http://127.0.0.1:3000"
    assert not found.slack.is_on


def test_a_secret_key_is_made_once_and_kept_for_its_owner_alone(tmp_path):
    first, second = read(tmp_path), read(tmp_path)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 48
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_a_secret_may_come_from_a_file(tmp_path):
    (tmp_path / "token").write_text("xoxb-1\n")
    found = read(tmp_path, SLACK_BOT_TOKEN_FILE=str(tmp_path / "token"), SLACK_SIGNING_SECRET="s")
    assert found.slack.bot_token == "xoxb-1"
    assert found.env["SLACK_BOT_TOKEN"] == "xoxb-1"


def test_secrets_are_not_in_what_is_printed(tmp_path):
    found = read(
        tmp_path, SLACK_BOT_TOKEN="xoxb-hush", SLACK_SIGNING_SECRET="hush", CLOSEOUT_API_TOKEN="hush"
    )
    assert "hush" not in repr(found)


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"CLOSEOUT_PORT": "http"}, "CLOSEOUT_PORT is 'http'"),
        ({"CLOSEOUT_PUBLIC_URL": "closeout.example.com"}, "must be an address like https://"),
        ({"DATABASE_URL": "mysql://x"}, "must begin with postgresql://"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "neither SLACK_SIGNING_SECRET"),
        ({"SLACK_SIGNING_SECRET": "s"}, "SLACK_BOT_TOKEN is missing"),
        ({"SLACK_CLIENT_ID": "1.2"}, "SLACK_CLIENT_SECRET is missing"),
        ({"SLACK_CLIENT_SECRET": "s"}, "SLACK_CLIENT_ID is missing"),
        ({"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s"}, "SLACK_BOT_TOKEN is missing"),
        ({"SMTP_URL_FILE": "/nowhere/at/all"}, "cannot be read"),
        ({"SMTP_URL": "smtp://a", "SMTP_URL_FILE": "/b"}, "are both set"),
    ],
)
def test_a_wrong_setting_says_what_would_be_right(tmp_path, env, says):
    with pytest.raises(BadSettings, match=says):
        read(tmp_path, **env)
