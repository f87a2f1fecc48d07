"""A real SMTP server that counts, for tests in a thread, and for the bench as a process of its own."""

import email
import json
import logging
import sys
from asyncio import StreamReaderProtocol
from collections import Counter

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class Server(SMTP):
    """As mail servers do, and aiosmtpd does not: what had its dot is taken, whoever is there to hear it."""

    def eof_received(self):
        return StreamReaderProtocol.eof_received(self)


class Office(Controller):
    def factory(self):
        return Server(self.handler)


class Counting:
    """Notes each mail that it accepted, by Message-ID and recipient; at the `at`th it calls."""

    def __init__(self):
        self.got, self.at, self.call = Counter(), 0, lambda: None

    async def handle_DATA(self, server, session, envelope):
        head = email.message_from_bytes(envelope.content.partition(b"\r\n\r\n")[0])
        self.got[head["Message-ID"], envelope.rcpt_tos[0]] += 1
        if self.at and self.got.total() == self.at:
            self.call()
        return "250 OK"


def main():
    """Serve on a port until the input ends; then say what came."""
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # a line that is cut is what we want to see
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    box = Counting()
    server = Office(box, hostname="127.0.0.1", port=int(sys.argv[1]))
    server.start()
    print("up", flush=True)
    sys.stdin.read()
    server.stop()
    people = {address for _, address in box.got}
    twice = sum(count > 1 for count in box.got.values())
    print(json.dumps({"mails": box.got.total(), "recipients": len(people), "twice": twice}))


if __name__ == "__main__":
    main()
