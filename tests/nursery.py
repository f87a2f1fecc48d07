"""Bots are born here: what they import is imported once, and each is a process of its own from then on.

A fresh interpreter takes two seconds to import the house; a fork of one that has done so takes none.
"""

import asyncio
import gc
import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

TOP = Path(__file__).parent.parent
SLACK = {"SLACK_BOT_TOKEN": "xoxb-sandbox", "SLACK_SIGNING_SECRET": "sandbox-signing-secret"}


class Nursery:
    """Forks `closeout` with an environment of its own, as often as it is asked to."""

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.nursery"],
            cwd=TOP,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_):
        self.process.communicate()

    def run(self, words, env, out, err):
        """Starts `closeout` with these words; what it says is added to the two files."""
        return Child(self, self.ask(words=words, env=env, out=str(out), err=str(err)))

    def ask(self, **what):
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


class Child:
    """A process of the nursery's, with as much of a Popen as tests use."""

    def __init__(self, nursery, pid):
        self.nursery, self.pid = nursery, pid

    def poll(self):
        """The exit code, or None while it runs; killed by a signal is its negative number."""
        return self.nursery.ask(pid=self.pid)

    def wait(self, timeout=60.0):
        end = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired("closeout", timeout)
            time.sleep(0.01)
        return code

    def send_signal(self, number):
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self):
        self.send_signal(signal.SIGTERM)


def main():
    _furnish()
    ended = {}
    for line in sys.stdin:
        wanted = json.loads(line)
        answer = _look(ended, **wanted) if "pid" in wanted else _fork(**wanted)
        print(json.dumps(answer), flush=True)


def _furnish():
    """What is imported only when a house is built or a word is said is there as well."""
    import alembic.command  # noqa: F401
    import dbos._sys_db_postgres
    import dbos._sys_db_sqlite  # noqa: F401
    import sqlalchemy.orm

    import bot.app
    from bot.lib.clock import now
    from bot.settings import read

    for found in pkgutil.walk_packages(bot.__path__, "bot."):
        if not found.name.endswith("__main__") and ".migrations." not in found.name:
            importlib.import_module(found.name)
    with tempfile.TemporaryDirectory() as folder:
        env = {"DATABASE_URL": f"sqlite:///{folder}/none.db", "CLOSEOUT_DATA_DIR": folder, **SLACK}
        house = bot.app.House(read(env), now).asgi()
        asyncio.run(_knock(house))
    sqlalchemy.orm.configure_mappers()
    gc.collect()
    gc.freeze()  # the children share it as it is


async def _knock(house):
    """The first request to the REST interface takes long."""
    way = httpx.ASGITransport(house)
    async with httpx.AsyncClient(transport=way, base_url="http://127.0.0.1", verify=False) as client:
        await client.get("/api/v1/nothing")


def _look(ended, pid):
    if pid not in ended:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found == 0:
            return None
        ended[pid] = os.waitstatus_to_exitcode(status)
    return ended[pid]


def _fork(words, env, out, err):
    if pid := os.fork():
        return pid
    code = 3
    try:
        os.setsid()
        _redirect(out, err)
        os.environ.clear()
        os.environ.update(env)
        sys.stdin = open(os.devnull)  # noqa: SIM115
        from bot.cli import run

        code = run(words)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _redirect(out, err):
    for path, number in ((out, 1), (err, 2)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(file, number)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)


if __name__ == "__main__":
    main()
