"""What signing in to the pages needs of Slack: exchanging a code, our team, and who somebody is."""

from typing import Protocol
from urllib.parse import urlsplit

from bot.lib.errors import Refused
from bot.slack.calls import Slack, SlackRefused
from bot.slack.members import Members

SLACK = "https://slack.com"
CALLBACK = "/sign-in/slack/callback"  # entered at Slack as a redirect URL
SPENT = {"invalid_code", "invalid_grant"}


class CodeSpent(Refused):
    """This sign-in was used already, or took too long. Nothing was changed; sign in again."""


class Client(Protocol):
    """The app as Slack knows it."""

    @property
    def api_url(self) -> str: ...
    @property
    def client_id(self) -> str: ...
    @property
    def client_secret(self) -> str: ...


class SigningIn:
    """Handed to the pages, which know no Slack."""

    def __init__(self, slack: Slack, members: Members, client: Client, public_url: str) -> None:
        self.slack, self.members, self._client = slack, members, client
        self.redirect_uri = f"{public_url}{CALLBACK}"
        self.client_id = client.client_id
        parts = urlsplit(client.api_url)
        origin = f"{parts.scheme}://{parts.netloc}"
        self.authorize_url = f"{origin}/openid/connect/authorize"
        self.issuers = frozenset({SLACK, origin})
        self._team: tuple[str, str] | None = None

    async def redeem(self, code: str) -> str:
        """The identity token that the code stands for. Raises CodeSpent, or DeliveryError."""
        client = self._client
        try:
            answer = await self.slack.redeem(code, self.redirect_uri, client.client_id, client.client_secret)
        except SlackRefused as refused:
            if refused.code in SPENT:
                raise CodeSpent from None
            raise
        return str(answer.get("id_token") or "")

    async def team(self) -> tuple[str, str]:
        """Id and name of the workspace that our token belongs to."""
        if self._team is None:
            me = await self.slack.whoami()
            self._team = me.team_id, me.team
        return self._team

    async def meet(self, slack_id: str) -> bool:
        """Take over what Slack says of somebody now. False where Slack will not tell."""
        return await self.members.meet(slack_id)
