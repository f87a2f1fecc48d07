"""The practice page in the words of the person who looks at it."""

import re

from playwright.sync_api import expect


class Chat:
    """One window on the practice workspace, as one person."""

    def __init__(self, page):
        self.page = page

    @property
    def composer(self):
        return self.room.get_by_role("textbox", name=re.compile("^Message "))

    @property
    def room(self):
        return self.page.get_by_role("main")

    @property
    def messages(self):
        return self.page.get_by_role("list", name=re.compile("^Messages in"))

    @property
    def form(self):
        return self.page.get_by_role("dialog")

    def says(self, text):
        """Sent with the button: Enter may be taken by a suggestion that comes just then."""
        expect(self.form).to_have_count(0)  # nobody can type below an open form
        self.composer.fill(text)
        self.room.get_by_role("button", name="Send", exact=True).click()
        return self

    def goes_to(self, channel):
        """By its name, or as much of it as is known."""
        channels = self.page.get_by_role("navigation", name="Channels")
        channels.get_by_role("link", name=channel).first.click()
        expect(self.page.get_by_role("heading", level=1, name=channel)).to_be_visible()
        return self

    def clicks(self, button):
        """The newest of that name among the messages."""
        self.messages.get_by_role("button", name=button, exact=True).last.click()
        return self

    def sees(self, words):
        expect(self.messages.get_by_text(words).last).to_be_visible()
        return self

    def fills(self, **fields):
        """Fields of the open form by the first words of their labels, an underscore for each space."""
        for label, value in fields.items():
            self.field(label).fill(value)
        return self

    def chooses(self, **fields):
        """In menus of the open form: types what is wanted, then takes it from the list."""
        for label, value in fields.items():
            self.field(label).fill(value)
            self.page.get_by_role("option", name=value).first.click()
        return self

    def field(self, label):
        return self.form.get_by_label(label.replace("_", " ")).first

    def sends(self, button):
        self.form.get_by_role("button", name=button, exact=True).click()
        return self

    def becomes(self, name):
        """Somebody else, by the menu in the strip on top."""
        self.page.get_by_role("button", name=re.compile("You are")).click()
        self.page.get_by_role("menuitemradio", name=re.compile(f"^{name}|{name} ")).click()
        expect(self.page.get_by_role("button", name=re.compile(f"You are: {name}"))).to_be_visible()
        return self
