"""`closeout admin`: who may see the set-up."""

from click.testing import CliRunner

from bot.cli import closeout
from bot.domain import people
from bot.lib.courier import Courier
from bot.lib.facts import Listeners


def test_the_terminal_says_who_administrates(engine, sqlite_url, tmp_path):
    env = {"DATABASE_URL": sqlite_url, "CLOSEOUT_DATA_DIR": str(tmp_path), "SLACK_BOT_TOKEN": ""}

    def says(*words):
        done = CliRunner(env=env).invoke(closeout, ["admin", "ada@example.com", *words])
        with Courier(engine, Listeners()).reading() as session:
            return done.stdout, people.of_email(session, "ada@example.com").is_admin

    assert says() == ("ada@example.com administrates Closeout now.\n", True)
    assert says("--no-longer") == ("ada@example.com administrates no longer.\n", False)
