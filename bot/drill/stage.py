"""The stage of a drill: the practice workspace, a bot of its own, and a clock that can be turned on."""

import asyncio
import hashlib
import hmac
import json
import socket
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
import uvicorn

from bot.app import House
from bot.domain import drills, incidents, people, postmortems
from bot.domain.drills import Score
from bot.lib import clock as clocks
from bot.lib import facts
from bot.lib.errors import DeliveryError
from bot.sandbox.client import Hand
from bot.sandbox.running import Running
from bot.settings import Settings, SlackSettings

T = TypeVar("T")
PATIENCE = 10.0  # seconds until a step counts as failed
UNHURRIED = ("card", "announce")  # they draw the newest state at a pace of their own
PAGER_SECRET = "drill-webhook-secret"


class StepFailed(DeliveryError):
    """The drill stopped: something that was expected did not happen."""


class Stage:
    """Everything a drill plays on. It leaves nothing behind but what it is told to write."""

    def __init__(self, company: str, tell: Callable[[datetime, str, str], None]) -> None:
        self.tell = tell
        self.turned = timedelta()
        self.folder = tempfile.TemporaryDirectory(prefix="closeout-drill-")
        self.company = Path(self.folder.name, "closeout.toml")
        self.company.write_text(company, encoding="utf-8")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def now(self) -> datetime:
        return clocks.now() + self.turned

    def __enter__(self) -> "Stage":
        self.sandbox = Running().__enter__()
        self.sandbox.workspace.clock = lambda: self.now().timestamp()
        self.guest = self.sandbox.guest
        self._open()
        self.guest.connect(f"{self.url}/slack/events", "sandbox-signing-secret")
        return self

    def _open(self) -> None:
        """The bot alone, in a thread of its own."""
        self.house = House(self._settings(), self.now)
        config = uvicorn.Config(
            self.house.asgi(), host="127.0.0.1", port=self.port, log_config=None, access_log=False
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self._serve, name="drill", daemon=True)
        self.thread.start()
        self.wait(lambda: httpx.get(f"{self.url}/readyz").status_code == 200, "the bot to be ready")

    def _serve(self) -> None:
        with closing(asyncio.new_event_loop()) as self.loop:
            self.loop.run_until_complete(self.server.serve())

    def _shut(self) -> None:
        self.server.should_exit = True
        self.thread.join(PATIENCE)

    def restarts(self) -> None:
        """The bot stops, and another one takes up what it finds in the database."""
        self._shut()
        self._open()

    def _settings(self) -> Settings:
        folder = Path(self.folder.name)
        slack = SlackSettings("xoxb-sandbox", "sandbox-signing-secret", "", f"{self.sandbox.url}/api/")
        return Settings(
            database_url=f"sqlite:///{folder / 'closeout.db'}",
            data_dir=folder,
            config=self.company,
            port=self.port,
            public_url=self.url,
            secret_key=uuid.uuid4().hex,
            slack=slack,
            env={"PAGERDUTY_WEBHOOK_SECRET": PAGER_SECRET},
        )

    def __exit__(self, *_: object) -> None:
        self._shut()
        self.sandbox.__exit__(None, None, None)
        self.folder.cleanup()

    # ---- what a script may do

    def person(self, name: str) -> Hand:
        return self.guest.person(name)

    def passes(self, minutes: float) -> None:
        """Time passes; what is due is played, and whoever must be reminded is reminded."""
        self.turned += timedelta(minutes=minutes)
        self.tell(self.now(), "", f"{minutes:g} minutes pass")
        for tick in (self.house.drill, self.house.nudge):
            asyncio.run_coroutine_threadsafe(tick(), self.loop).result(PATIENCE)
        self.settles()

    def wait(self, question: Callable[[], T], what: str) -> T:
        """Until the answer is true, or the drill has failed."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                if answer := question():
                    return answer
            except httpx.TransportError:
                pass
            time.sleep(0.02)
        raise StepFailed(f"The drill waited {PATIENCE:.0f} s for {what}, in vain.")

    def settles(self, *, wholly: bool = False) -> None:
        """Until everyone has heard what happened, so that the next step meets its result."""
        self.wait(lambda: not self._behind(() if wholly else UNHURRIED), "everyone to hear of it")

    def _behind(self, unhurried: tuple[str, ...]) -> bool:
        with self.house.courier.reading() as session:
            return any(ear.listener not in unhurried for ear in facts.behind(session))

    def score(self, name: str, ref: str, played: dict[str, datetime]) -> Score:
        """What the scenario of that name expects, against what was done until it was resolved."""
        with self.house.courier.reading() as session:
            incident = incidents.find(session, ref, as_=people.closeout(session))
            over = incident.resolved_at or self.now()
            course = drills.course(session, incident.id, incident.declared_at, over, injected=played)
            return drills.score(drills.named(session, name).expect, course)

    def postmortem(self, ref: str) -> str:
        """The document as it stands now, in Markdown."""
        with self.house.courier.reading() as session:
            return postmortems.render_markdown(
                session, incidents.find(session, ref, as_=people.closeout(session))
            )

    def page(self, kind: str, incident: dict[str, Any]) -> None:
        """PagerDuty sends a webhook, signed as PagerDuty signs."""
        delivery = uuid.uuid4().hex
        event = {
            "id": delivery,
            "event_type": f"incident.{kind}",
            "resource_type": "incident",
            "occurred_at": self.now().isoformat().replace("+00:00", "Z"),
            "agent": None,
            "client": None,
            "data": incident,
        }
        body = json.dumps({"event": event}).encode()
        digest = hmac.new(PAGER_SECRET.encode(), body, hashlib.sha256).hexdigest()
        headers = {"x-pagerduty-signature": f"v1={digest}", "x-webhook-id": delivery}
        answer = httpx.post(f"{self.url}/webhooks/pagerduty", content=body, headers=headers)
        if answer.status_code >= 300:
            raise StepFailed(f"The bot answered PagerDuty with {answer.status_code}: {answer.text}")
        self.tell(self.now(), "PagerDuty", f"{kind}: {incident['title']}")


def free_port() -> int:
    with socket.socket() as there:
        there.bind(("127.0.0.1", 0))
        port: int = there.getsockname()[1]
        return port
