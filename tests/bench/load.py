"""Posts as a platform does: at a pace that does not wait for answers, over connections that stay open.

A shot is timed from the moment at which it was due, so a slow answer also costs those behind it.
"""

import asyncio
import hashlib
import hmac
import json
import time
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

SECRET = "sandbox-signing-secret"


class Shot(NamedTuple):
    """`late` is how far behind its moment we sent it: our own fault. Both are in milliseconds."""

    status: int
    body: bytes
    ms: float
    late: float


class Line(asyncio.Protocol):
    """One connection; one request at a time."""

    def connection_made(self, transport):
        self.transport, self.read, self.answer = transport, b"", None

    def ask(self, request):
        self.read, self.answer = b"", asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self.answer

    def data_received(self, data):
        self.read += data
        head, found, body = self.read.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0].strip()
        if found and len(body) >= int(length or 0):
            self.answer.set_result((int(head[9:12]), body))

    def connection_lost(self, error):
        if self.answer and not self.answer.done():
            self.answer.set_result((0, str(error).encode()))


class Gun:
    """Fires prepared requests at one address."""

    def __init__(self, url):
        where = urlsplit(url)
        self.host, self.port, self.idle = where.hostname, where.port, []

    async def shoot(self, request, due=None):
        due = due or time.perf_counter()
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        late = time.perf_counter() - due
        status, body = 0, b""
        while not status:  # a line that was closed just now is replaced, as every client does
            line = self._idle() or await self._connect()
            status, body = await line.ask(request)
        took = time.perf_counter() - due
        if not line.transport.is_closing():
            self.idle.append(line)
        return Shot(status, body, took * 1000, late * 1000)

    def _idle(self):
        while self.idle:
            if not (line := self.idle.pop()).transport.is_closing():
                return line
        return None

    async def _connect(self):
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(Line, self.host, self.port))[1]

    async def fire(self, requests, rate=None):
        """All at once, or so many a second."""
        start = time.perf_counter() + 0.1
        moments = [start + place / rate if rate else start for place in range(len(requests))]
        return await asyncio.gather(*map(self.shoot, requests, moments))

    def close(self):
        for line in self.idle:
            line.transport.close()


def request(path, headers, body):
    lines = [f"POST {path} HTTP/1.1", "host: closeout", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def asking(path):
    return f"GET {path} HTTP/1.1\r\nhost: closeout\r\n\r\n".encode()


def command(text, *, user="U0ADA", channel="C0GENERAL", number=0):
    """A slash command as Slack sends and signs it. The number makes it another one."""
    form = {
        "token": "bench",
        "team_id": "T0SANDBOX",
        "team_domain": "sandbox",
        "channel_id": channel,
        "channel_name": "general",
        "user_id": user,
        "user_name": user.removeprefix("U0").lower(),
        "command": "/incident",
        "text": text,
        "api_app_id": "A0CLOSEOUT",
        "is_enterprise_install": "false",
        "response_url": f"http://127.0.0.1:9/response/{number}",
        "trigger_id": f"{number}.bench",
    }
    body, stamp = urlencode(form).encode(), str(int(time.time()))
    digest = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": f"v0={digest}",
    }
    return request("/slack/events", headers, body)


def words(shot):
    """What the acknowledgement said."""
    return json.loads(shot.body).get("text", "") if shot.status == 200 and shot.body else ""
