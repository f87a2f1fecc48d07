"""Who works in the sandbox's company, and the bot's own account."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.sandbox.answers import Json

TEAM_ID = "T0SANDBOX"
APP_ID = "A0CLOSEOUT"
BOT_ID = "B0CLOSEOUT"
BOT_USER = "U0CLOSEOUT"


@dataclass
class Person:
    id: str
    handle: str
    name: str
    email: str
    timezone: str
    is_admin: bool = False
    is_guest: bool = False
    is_bot: bool = False
    is_active: bool = True
    updated: int = 1_700_000_000

    @property
    def first_name(self) -> str:
        return self.name.split()[0]

    def shown(self, *, with_email: bool = True) -> Json:
        """Returns the person as users.info and users.list show them."""
        offset = datetime.now(UTC).astimezone(ZoneInfo(self.timezone)).utcoffset()
        return {
            "id": self.id,
            "team_id": TEAM_ID,
            "name": self.handle,
            "deleted": not self.is_active,
            "real_name": self.name,
            "tz": self.timezone,
            "tz_label": self.timezone,
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "profile": self._profile(with_email),
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.is_guest,
            "is_ultra_restricted": self.is_guest,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": self.updated,
        }

    def _profile(self, with_email: bool) -> Json:
        profile: Json = {
            "real_name": self.name,
            "real_name_normalized": self.name,
            "display_name": self.handle,
            "display_name_normalized": self.handle,
            "first_name": self.first_name,
            "team": TEAM_ID,
        }
        if self.is_bot:
            return profile | {"api_app_id": APP_ID, "bot_id": BOT_ID, "always_active": True}
        return profile | ({"email": self.email} if with_email else {})


@dataclass
class Usergroup:
    id: str
    handle: str
    name: str
    members: list[str] = field(default_factory=list)

    def shown(self, *, with_users: bool, with_count: bool) -> Json:
        shown: Json = {
            "id": self.id,
            "team_id": TEAM_ID,
            "is_usergroup": True,
            "is_subteam": True,
            "name": self.name,
            "description": "",
            "handle": self.handle,
            "is_external": False,
            "date_create": 1_700_000_000,
            "date_update": 1_700_000_000,
            "date_delete": 0,
            "auto_type": None,
            "created_by": "U0ADA",
            "updated_by": "U0ADA",
            "deleted_by": None,
            "prefs": {"channels": [], "groups": []},
        }
        if with_users:
            shown["users"] = list(self.members)
        return shown | ({"user_count": len(self.members)} if with_count or with_users else {})


def _person(id: str, name: str, timezone: str, *, is_admin: bool = False, is_guest: bool = False) -> Person:
    handle = name.split()[0].lower()
    return Person(id, handle, name, f"{handle}@example.com", timezone, is_admin, is_guest)


def the_bot() -> Person:
    return Person(BOT_USER, "closeout", "Closeout", "", "UTC", is_bot=True)


def slackbot() -> Person:
    return Person("USLACKBOT", "slackbot", "Slackbot", "", "America/Los_Angeles")


def the_cast() -> list[Person]:
    """Returns the eight people of the company, first names unique, as fresh rows."""
    return [
        _person("U0ADA", "Ada Lovelace", "Europe/London", is_admin=True),
        _person("U0BEN", "Ben Okafor", "Africa/Lagos"),
        _person("U0CHEN", "Chen Wei", "Asia/Shanghai"),
        _person("U0DANA", "Dana Ruiz", "America/New_York"),
        _person("U0ELI", "Eli Novak", "Europe/Prague"),
        _person("U0FAY", "Fay Silva", "America/Sao_Paulo"),
        _person("U0HANA", "Hana Sato", "Asia/Tokyo"),
        _person("U0GUS", "Gus Guest", "Europe/Berlin", is_guest=True),
    ]


def the_groups() -> list[Usergroup]:
    return [
        Usergroup("S0PAYMENTS", "payments", "Payments", ["U0ADA", "U0BEN", "U0CHEN"]),
        Usergroup("S0PLATFORM", "platform", "Platform", ["U0DANA", "U0ELI", "U0FAY", "U0HANA"]),
    ]
