"""From the start of the process until it is ready, and what it weighs when nothing happens."""

import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from tests.bench.figures import Figure, median, seconds
from tests.bench.load import asking
from tests.bench.rig import KINDS, database, rig
from tests.world import Bot, wait_for

TIMES, REST = 5, 8  # seconds of rest before it is weighed


def rows():
    for kind in KINDS:
        with (
            tempfile.TemporaryDirectory(prefix="closeout-bench-") as folder,
            database(kind, folder) as address,
        ):
            first, *later = [_start(Path(folder), address) for _ in range(TIMES + 1)]
        reached = f"{seconds(later)}; {first:.2f} s with a database to make"
        yield Figure(f"start to ready, {kind}", "2 s", reached, median(later) <= 2)
        with rig(kind) as the:
            time.sleep(REST)
            fresh = resident(the.pid)
            the.declare("Checkout is down")
            time.sleep(REST)
            used = resident(the.pid)
        reached = f"{fresh:.0f} MB; {used:.0f} MB after an incident"
        yield Figure(f"memory at rest, {kind}", "200 MB", reached, used <= 200)


def _start(folder, address):
    bot = Bot(folder, address)
    begun = time.perf_counter()
    bot.process = bot._run("serve", out=bot.log, err=bot.log)
    wait_for(lambda: _is_ready(bot.port), what=f"the bot ({bot.log})", patience=60)
    took = time.perf_counter() - begun
    bot.stop()
    return took


def _is_ready(port):
    """Asked without a library, whose own start would be counted."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(asking("/readyz"))
        return line.recv(12).endswith(b"200")
    return False


def resident(pid):
    """In MB, as the system counts it."""
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(told.stdout) / 1000
