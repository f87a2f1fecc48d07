"""A conversation: the sandbox, the whole house in front of it, and people who talk to it over HTTP."""

from bot.app import build
from bot.sandbox.running import Running, Served
from bot.settings import Settings, SlackSettings
from bot.slack.model import room_of
from tests.world import wait_for


class Conversation:
    """Closeout and a workspace, both running, for as long as the `with` lasts."""

    def __init__(self, url, folder, *, socket_mode=False, **conditions):
        self.sandbox = Running(**conditions)
        self.settings = Settings(
            database_url=url,
            data_dir=folder,
            secret_key="secret",
            slack=SlackSettings(
                bot_token="xoxb-sandbox",
                signing_secret="" if socket_mode else "sandbox-signing-secret",
                app_token="xapp-sandbox" if socket_mode else "",
                api_url=f"{self.sandbox.url}/api/",
            ),
        )
        self.guest = self.sandbox.guest

    def __enter__(self):
        self.sandbox.__enter__()
        self.house = build(self.settings)
        self.served = Served(self.house.asgi())
        self.url = f"{self.served.url}/slack/events"
        self.served.__enter__()
        self.guest.connect(self.url)
        self.hears_from("users.list")
        return self

    def __exit__(self, *error):
        self.served.__exit__(*error)
        self.sandbox.__exit__(*error)

    def __getattr__(self, name):
        """conversation.ada.says(...)"""
        return self.guest.person(name)

    def hears_from(self, method, times=1):
        wait_for(lambda: len(self.guest.calls(method)) >= times, what=method)

    def channel_of(self, ref):
        """The name of an incident's channel, once it is there, known to us and fully set up."""
        id = int(ref.removeprefix("INC-"))

        def found():
            room = self.rows(room_of, id)
            channel = self.guest.channel(room.channel_name) if room and room.channel_id else {}
            return channel.get("topic") and len(channel["members"]) > 1 and room.channel_name

        return wait_for(found, what=f"the channel of {ref}")

    def says(self, channel, words, *, as_=None):
        """Wait until the channel says this, and answer the message."""

        def found():
            said = self.guest.messages(channel, as_=as_)
            return next((one for one in said if words in f"{one.get('text')}{one.get('blocks')}"), None)

        return wait_for(found, what=f"{words!r} in {channel}")

    def shows(self, name):
        """The views that someone has open, once there is one."""
        person = self.guest.person(name)
        return wait_for(person.views, what=f"a form for {name}")

    def within(self, question, what="it"):
        return wait_for(question, what=what)

    def rows(self, query, *args):
        with self.house.courier.reading() as session:
            return query(session, *args)
