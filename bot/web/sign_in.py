"""Signing in: with Slack, or by a one-time link. To look at the link signs nobody in; scanners do."""

import hmac
import logging
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.domain import people
from bot.domain.people import logins
from bot.lib.errors import DeliveryError, Refused
from bot.web import openid
from bot.web.settings import WebSettings
from bot.web.visits import Doorman, NotAllowedForm, Visit, comes_from_here, see

log = logging.getLogger(__name__)
WITH_SLACK = "/sign-in/slack"
BACK = f"{WITH_SLACK}/callback"
TRIP_COOKIE = "closeout_sign_in"
TRIP_TAKES = timedelta(minutes=10)


class Entrance:
    """The pages in front of the door."""

    def __init__(self, doorman: Doorman) -> None:
        self.doorman = doorman

    def routes(self) -> list[Route]:
        return [
            Route("/login/{secret}", self.ask, methods=["GET"]),
            Route("/login/{secret}", self.enter, methods=["POST"]),
            self.doorman.post("/logout", self.leave),
        ]

    def ask(self, request: Request) -> Response:
        """Show for whom the link is, and a button."""
        return self.doorman.answer(lambda: self._ask(request.path_params["secret"]))

    def _ask(self, secret: str) -> Response:
        with self.doorman.courier.reading() as session:
            person = logins.look(session, secret, now=self.doorman.clock())
            return self.doorman.look.page("login.html.j2", {"person": person})

    async def enter(self, request: Request) -> Response:
        return await run_in_threadpool(self.doorman.answer, lambda: self._enter(request))

    def _enter(self, request: Request) -> Response:
        now = self.doorman.clock()
        if not comes_from_here(request):
            raise NotAllowedForm
        with self.doorman.courier.transaction() as session:
            person = logins.use(session, request.path_params["secret"], now=now)
        response = see("/")
        self.doorman.passes.give(response, person, now)
        return response

    def leave(self, _: Visit) -> Response:
        response = see("/")
        self.doorman.passes.take(response)
        return response


class NotBegunHere(Refused):
    """This sign-in did not begin in this browser, or took longer than 10 minutes. Sign in again."""


class SaidNo(Refused):
    """Slack did not tell us who you are, because you chose not to. Nothing was changed."""


class LeftTheWorkspace(Refused):
    """Your account in this Slack workspace is no longer active. Ask an administrator if that is wrong."""


class Stranger(Refused):
    """Slack did not say who you are, so you were not signed in. Try again shortly."""


@dataclass(frozen=True)
class Trip:
    """A browser that is on its way to Slack and back: what it must bring, and where it wants to go."""

    state: str
    nonce: str
    path: str
    until: datetime


class Trips:
    """Kept in the browser, in a signed cookie that lives for one sign-in."""

    def __init__(self, settings: WebSettings) -> None:
        self.is_https = settings.is_https
        self.cookies = URLSafeSerializer(settings.secret_key, salt="closeout.sign-in")

    def begin(self, path: str, now: datetime) -> Trip:
        return Trip(secrets.token_urlsafe(24), secrets.token_urlsafe(24), path, now + TRIP_TAKES)

    def give(self, response: Response, trip: Trip) -> None:
        said = {"s": trip.state, "n": trip.nonce, "p": trip.path, "u": int(trip.until.timestamp())}
        self._set(response, str(self.cookies.dumps(said)), int(TRIP_TAKES.total_seconds()))

    def take(self, response: Response) -> None:
        self._set(response, "", 0)

    def _set(self, response: Response, value: str, seconds: int) -> None:
        response.set_cookie(
            TRIP_COOKIE,
            value,
            max_age=seconds,
            path=WITH_SLACK,
            httponly=True,
            samesite="lax",  # strict would keep it back when Slack sends the browser here
            secure=self.is_https,
        )

    def read(self, request: Request, now: datetime) -> Trip:
        """The trip that this browser is on. Raises NotBegunHere."""
        try:
            said = self.cookies.loads(request.cookies.get(TRIP_COOKIE, ""))
            trip = Trip(said["s"], said["n"], said["p"], datetime.fromtimestamp(said["u"], UTC))
        except (BadSignature, KeyError, TypeError, ValueError):
            raise NotBegunHere from None
        brought = request.query_params.get("state", "")
        if trip.until <= now or not hmac.compare_digest(trip.state.encode(), brought.encode()):
            raise NotBegunHere
        return trip


class SlackEntrance:
    """Sign in with Slack. Whoever Slack vouches for is the person whom we know by that Slack id."""

    def __init__(self, doorman: Doorman, slack: openid.Slack, settings: WebSettings) -> None:
        self.doorman, self.slack, self.trips = doorman, slack, Trips(settings)

    def routes(self) -> list[Route]:
        return [Route(WITH_SLACK, self.leave_for_slack), Route(BACK, self.come_back)]

    async def leave_for_slack(self, request: Request) -> Response:
        """Off to Slack, with a cookie that tells our answer from a forged one."""
        path = openid.own_path(request.query_params.get("next", "/"))
        try:
            team_id, _ = await self.slack.team()
        except DeliveryError as error:
            return self._away(error, path)
        trip = self.trips.begin(path, self.doorman.clock())
        where = openid.authorize_address(
            self.slack,
            state=trip.state,
            nonce=trip.nonce,
            team_id=team_id,
        )
        response = RedirectResponse(where, 303, {"Cache-Control": "no-store"})
        self.trips.give(response, trip)
        return response

    async def come_back(self, request: Request) -> Response:
        """Sign in, or say why not. Either way the trip is over: its answer counts once."""
        response = await self._come_back(request)
        self.trips.take(response)
        return response

    async def _come_back(self, request: Request) -> Response:
        now, path = self.doorman.clock(), "/"
        try:
            trip = self.trips.read(request, now)
            path = trip.path
            slack_id = await self._vouched_for(request, trip, now)
            # Asked now, and not taken from our rows: somebody may have left, or become a guest, since.
            if not await self.slack.meet(slack_id):
                raise Stranger
        except Refused as refusal:
            return self._again(str(refusal), path, 403)
        except DeliveryError as error:
            return self._away(error, path)
        enter = partial(self._enter, slack_id, path, now)
        return await run_in_threadpool(self.doorman.answer, enter, path)

    async def _vouched_for(self, request: Request, trip: Trip, now: datetime) -> str:
        said = request.query_params
        if said.get("error") == "access_denied":
            raise SaidNo
        if not said.get("code"):
            raise openid.NotVouchedFor
        token = await self.slack.redeem(said["code"])
        team_id, _ = await self.slack.team()
        expected = openid.Expected(self.slack.issuers, self.slack.client_id, trip.nonce, team_id)
        return openid.slack_id_in(token, expected, now)

    def _enter(self, slack_id: str, path: str, now: datetime) -> Response:
        with self.doorman.courier.reading() as session:
            person = people.of_slack(session, slack_id)
            if not person.is_active:
                return self._again(str(LeftTheWorkspace()), path, 403)
            response = see(path)
            self.doorman.passes.give(response, person, now)
            return response

    def _away(self, error: DeliveryError, path: str) -> Response:
        log.warning("Nobody can sign in with Slack: %s", error)
        said = "Slack does not let us ask who you are at the moment. Try again shortly, or take a link."
        return self._again(said, path, 503)

    def _again(self, said: str, path: str, status: int) -> Response:
        return self.doorman.sign_in_page(said, path, status)
