"""`make run` for a newcomer: it says what is there and what to do next, and Ctrl-C ends it."""

import os
import signal
import socket
import subprocess
import sys

import httpx
import pytest

from bot.cli.serving import bound
from bot.lib.errors import Refused
from tests.world import TOP, free_port, wait_for


def start(folder, port):
    env = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "PAGERDUTY_"))}
    env |= {"CLOSEOUT_DATA_DIR": str(folder / "var"), "CLOSEOUT_PORT": str(port)}
    env["DATABASE_URL"] = f"sqlite:///{folder}/closeout.db"
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "run"], cwd=TOP, env=env, stdout=log, stderr=log
        )


@pytest.mark.slow
def test_it_greets_with_addresses_that_answer_and_ends_cleanly(tmp_path):
    port = free_port()
    process = start(tmp_path, port)
    log = tmp_path / "log"
    try:
        wait_for(lambda: "Ctrl-C ends it" in log.read_text() and "drill" in log.read_text())
        said = log.read_text()
        page = next(word for word in said.split() if "/login/" in word)
        assert httpx.get(page).status_code == 200
        assert httpx.get(f"http://127.0.0.1:{port}/status").status_code == 200
        assert "warning" not in said
        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 0
    finally:
        process.kill()


def test_a_port_that_is_taken_is_named_with_the_way_out():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Refused, match=f"Port {port} on 127.0.0.1 .* set CLOSEOUT_PORT to another one"):
            bound("127.0.0.1", port, "CLOSEOUT_PORT to another one")
