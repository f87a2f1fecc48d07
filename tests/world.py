"""A small world for tests that use Closeout as people do: a bot as a process, and the sandbox."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import httpx

from bot.sandbox.running import Running

TOP = Path(__file__).parent.parent
PATIENCE = 20.0  # seconds that anything may take on a busy machine before a test gives up


def free_port():
    with socket.socket() as there:
        there.bind(("127.0.0.1", 0))
        return there.getsockname()[1]


def ask(method, url, *, timeout=10, **how):
    """Without certificates to load a client is there at once; a bot on loopback speaks plain HTTP anyway."""
    return httpx.request(method, url, timeout=timeout, verify=False, trust_env=False, **how)


def wait_for(question, *, what="it", patience=PATIENCE):
    """Ask again and again until the answer is true; a crash of the question counts as no."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with suppress(httpx.TransportError):
            if answer := question():
                return answer
        time.sleep(0.02)
    raise AssertionError(f"{what} did not come within {patience:.0f} s")


class Done(NamedTuple):
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


class Bot:
    """One process of `closeout serve`."""

    def __init__(self, folder, database, *, sandbox=None, port=None, nursery=None, **env):
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self.log = folder / f"bot-{self.port}.log"
        slack = {}
        if sandbox is not None:
            slack = {
                "SLACK_BOT_TOKEN": "xoxb-sandbox",
                "SLACK_SIGNING_SECRET": "sandbox-signing-secret",
                "SLACK_API_URL": f"{sandbox.url}/api/",
            }
        self.env = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("SLACK_", "PAGERDUTY_"))
            },
            "DATABASE_URL": database,
            "CLOSEOUT_DATA_DIR": str(folder / "var"),
            "CLOSEOUT_PORT": str(self.port),
            "CLOSEOUT_API_TOKEN": "test-token",
            **slack,
            **env,
        }
        self.nursery = nursery
        self.process = None

    def start(self):
        self.launch()
        return self.wait_until_ready()

    def launch(self):
        self.process = self._run("serve", out=self.log, err=self.log)

    def wait_until_ready(self):
        wait_for(self._ready, what=f"the bot ({self.log})")
        return self

    def _run(self, *words, out, err):
        if self.nursery:
            return self.nursery.run(words, self.env, out, err)
        with out.open("ab") as to, err.open("ab") as also:
            command = [sys.executable, "-m", "bot.cli", *words]
            return subprocess.Popen(command, cwd=TOP, env=self.env, stdout=to, stderr=also)

    def _ready(self):
        assert self.process.poll() is None, self.log.read_text()[-3000:]
        return ask("GET", f"{self.url}/readyz", timeout=1).status_code == 200

    def kill(self):
        """As the kernel does when memory is short: no last words."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()

    def cli(self, *words, check=True):
        """The same database, from a terminal."""
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder, "out"), Path(folder, "err")
            code = self._run(*words, out=out, err=err).wait(60)
            done = Done(code, out.read_text(), err.read_text())
        assert not check or done.returncode == 0, done.stderr
        return done

    def api(self, method, path, **how):
        headers = {"Authorization": "Bearer test-token", **how.pop("headers", {})}
        return ask(method, f"{self.url}/api/v1{path}", headers=headers, **how)


class World:
    """A sandbox and a bot on one database."""

    def __init__(self, folder, database, *, nursery=None, **env):
        self.folder, self.database, self.env = Path(folder), database, env
        self.nursery = nursery
        self.bots = []

    def __enter__(self):
        self.sandbox = Running().__enter__()
        self.guest = self.sandbox.guest
        self.bot = self.add_bot()
        self.guest.connect(f"{self.bot.url}/slack/events", "sandbox-signing-secret")
        self.bot.start()
        return self

    def add_bot(self):
        bot = Bot(self.folder, self.database, sandbox=self.sandbox, nursery=self.nursery, **self.env)
        self.bots.append(bot)
        return bot

    def person(self, name):
        return self.guest.person(name)

    def __exit__(self, *_):
        for bot in self.bots:
            bot.stop()
        self.sandbox.__exit__(None, None, None)
