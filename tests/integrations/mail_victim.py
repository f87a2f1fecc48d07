"""A process to be killed: it sends the mails that wait, until none does."""

import sys
from pathlib import Path

from bot.integrations.mail.post import Post
from bot.integrations.mail.sender import Sender
from bot.lib import clock, db
from bot.lib.courier import Courier
from bot.lib.facts import Listeners

URL, PORT, FOLDER = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])

courier = Courier(db.open_engine(URL), Listeners())
post = Post("127.0.0.1", PORT, "status@example.com", rate=10_000)
Sender(post, courier, clock.now, "https://closeout.example.com", folder=FOLDER).work()
