"""A process to be killed: it sends the mails that wait, until none does."""

import sys
from pathlib import Path

from bot.integrations.mail.post import Post
from bot.integrations.mail.sender import Sender
from bot.lib import clock, db
from bot.lib.courier import Courier
from bot.lib.facts import Listeners

URL, PORT, FOLDER = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
RATE = float(sys.argv[4]) if len(sys.argv) > 4 else 10_000.0

courier = Courier(db.open_engine(URL), Listeners())
post = Post("127.0.0.1", PORT, "status@example.com", rate=RATE)
Sender(post, courier, clock.now, "https://closeout.example.com", folder=FOLDER).work()
