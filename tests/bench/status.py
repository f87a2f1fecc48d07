"""The public status page under its readers, while customers are told something."""

import asyncio
import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench.figures import Figure, median, share
from tests.bench.load import Gun, Line, asking
from tests.bench.rig import KINDS, database
from tests.world import TOP, Bot, wait_for

RATE, SECONDS, LINES = 2000, 10, 64
TELLS = 5
ASKED = "2,000 a second, p99 50 ms"


def rows():
    for kind in KINDS:
        with (
            tempfile.TemporaryDirectory(prefix="closeout-bench-") as folder,
            database(kind, folder) as address,
            _bot(Path(folder), address) as bot,
        ):
            yield from _fast(kind, bot)


@contextlib.contextmanager
def _bot(folder, address):
    config = folder / "closeout.toml"
    config.write_text(
        "".join(
            f'[[services]]\nkey = "s{n}"\nname = "Service {n}"\ncomponent = "Component {n}"\n\n'
            for n in range(12)
        )
    )
    bot = Bot(folder, address, CLOSEOUT_CONFIG=str(config))
    bot.launch()
    wait_for(bot._ready, what="the bot", patience=60)
    try:
        new = {"title": "Checkout is down", "severity": "sev1", "services": ["s1", "s2"]}
        bot.api("POST", "/incidents", json=new).raise_for_status()
        _tell(bot, "We look into it.")
        yield bot
    finally:
        bot.stop()


def _tell(bot, message):
    bot.api("POST", "/incidents/INC-1/updates", json={"message": message}).raise_for_status()


def _fast(kind, bot):
    with _readers(bot) as told:
        visible = [_visible(bot, f"Word number {n}") for n in range(TELLS)]
    rps, p50, p99, errors = map(float, told().split())
    reached = f"{rps:,.0f} a second, p50 {p50:.1f} ms, p99 {p99:.1f} ms, {errors:.0f} errors"
    good = rps >= 0.98 * RATE and p99 < 50 and not errors
    yield Figure(f"/status, read while updates are published, {kind}", ASKED, reached, good)
    reached = f"median {median(visible):.2f} s, at most {max(visible):.2f} s, {TELLS} times"
    yield Figure(f"from the update to the page, meanwhile, {kind}", "1 s", reached, max(visible) <= 1)
    if wrk := shutil.which("wrk"):
        yield Figure(f"/status, as fast as it goes, {kind}", "", _most(wrk, bot))


def _most(wrk, bot):
    """What it can do when nobody waits for anything: `wrk`, where it is installed."""
    command = [wrk, "-t1", "-c32", "-d5s", "-H", "Accept-Encoding: gzip", f"{bot.url}/status"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rps = re.search(r"Requests/sec:\s+([\d.]+)", said)[1]
    return f"{float(rps):,.0f} a second"


def _visible(bot, words):
    """Seconds from the answer to whoever published until a reader sees it."""
    time.sleep(SECONDS / (TELLS + 2))
    _tell(bot, words)
    begun = time.perf_counter()
    text = _read(bot)
    while words not in text:
        time.sleep(0.01)
        text = _read(bot)
    return time.perf_counter() - begun


def _read(bot):
    return asyncio.run(_once(bot)).body.decode()


async def _once(bot):
    gun = Gun(bot.url)
    shot = await gun.shoot(asking("/status"))
    gun.close()
    return shot


@contextlib.contextmanager
def _readers(bot):
    """Readers for some seconds, in a process of their own; then their figures."""
    command = [sys.executable, "-m", "tests.bench.status", bot.url]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=TOP)
    yield lambda: process.communicate(timeout=SECONDS + 60)[0]
    process.wait()


async def _fire(url):
    """At the pace that is asked, over lines that stay open; each answer is timed from when it was due."""
    where, request, start = urlsplit(url), asking("/status"), time.perf_counter() + 0.5
    dues = [[start + place / RATE for place in range(n, RATE * SECONDS, LINES)] for n in range(LINES)]
    shots = [
        shot for some in await asyncio.gather(*(_one(where, request, due) for due in dues)) for shot in some
    ]
    took, ms = max(at for at, _, _ in shots) - start, [ms for _, ms, _ in shots]
    print(len(shots) / took, share(ms, 0.5), share(ms, 0.99), sum(status != 200 for _, _, status in shots))


async def _one(where, request, dues):
    loop = asyncio.get_running_loop()
    _, line = await loop.create_connection(Line, where.hostname, where.port)
    shots = []
    for due in dues:
        await asyncio.sleep(max(0, due - time.perf_counter()))
        status, _ = await line.ask(request)
        now = time.perf_counter()
        shots.append((now, (now - due) * 1000, status))
    line.transport.close()
    return shots


if __name__ == "__main__":
    asyncio.run(_fire(sys.argv[1]))
