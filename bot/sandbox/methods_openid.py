"""Web API methods of Sign in with Slack."""

from __future__ import annotations

from bot.sandbox.answers import ApiError, Json
from bot.sandbox.args import Args
from bot.sandbox.methods import method
from bot.sandbox.sign_ins import claims, id_token
from bot.sandbox.workspace import Workspace


@method("openid.connect.token")
def openid_connect_token(workspace: Workspace, args: Args) -> Json:
    """A code that was shown once is spent, even by a call that is refused."""
    installed = workspace.installed
    if args.text("client_id") != installed.client_id:
        raise ApiError("invalid_client_id")
    if args.text("client_secret") != installed.client_secret:
        raise ApiError("bad_client_secret")
    if args.text("grant_type", "authorization_code") != "authorization_code":
        raise ApiError("invalid_grant_type")
    consent = workspace.sign_ins.spend(args.text("code"))
    if consent is None:
        raise ApiError("invalid_code")
    if args.text("redirect_uri") != consent.redirect_uri:
        raise ApiError("bad_redirect_uri")
    told = claims(workspace.people[consent.user], consent.scopes)
    secret, now = installed.client_secret, workspace.now()
    signed = id_token(told, audience=installed.client_id, nonce=consent.nonce, now=now, secret=secret)
    token = workspace.sign_ins.token(consent)
    return {"access_token": token, "token_type": "Bearer", "id_token": signed}


@method("openid.connect.userInfo")
def openid_connect_user_info(workspace: Workspace, args: Args) -> Json:
    """The token is one that openid.connect.token gave; the front door has looked at it."""
    consent = workspace.sign_ins.tokens.get(args.text("token"))
    if consent is None or not workspace.people[consent.user].is_active:
        raise ApiError("user_not_found")
    return claims(workspace.people[consent.user], consent.scopes)
