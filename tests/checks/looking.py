"""Houses to look at, and what is found in them."""

import asyncio
from contextlib import contextmanager

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.app import House
from bot.checks import check_all
from bot.domain.company import Company
from bot.lib import clock, db
from bot.sandbox.running import Served
from bot.settings import read

PUBLIC = "https://closeout.example.com"
HOOKS = f"{PUBLIC}/webhooks/pagerduty"
PASSWORD = "correct-horse-battery"


@contextmanager
def house_of(env, now=clock.now, **company):
    house = House(read(env), now)
    db.upgrade(house.engine)
    if company:
        house.company = Company.model_validate(company)
        for vendor in house.vendors.values():
            vendor.company = house.company
    yield house
    house.engine.dispose()


def looked(house, patience=5.0):
    async def look():
        try:
            return await check_all(house, patience)
        finally:
            await house.http.close()

    return asyncio.run(look())


def found(env, *, patience=5.0, **how):
    """Every line by its name; of those that share one, the worst."""
    with house_of(env, **how) as house:
        findings = looked(house, patience)
    by_name = {}
    for each in sorted(findings, key=lambda each: each.state == "bad"):
        by_name[each.what] = each
    return by_name


# A real Slack, as far as one can see.
NOT_HERE = {"SLACK_API_URL": "https://slack.invalid/api/", "SLACK_BOT_TOKEN": "xoxb-1"}


def line_of(house, name):
    return next(each for each in looked(house) if each.what == name)


def mail_env(where):
    return {"SMTP_URL": f"smtp://{where}", "MAIL_FROM": "Closeout <closeout@example.com>"}


@contextmanager
def says(answer, status=200):
    doors = [Route("/healthz", lambda _: PlainTextResponse(answer, status))]
    with Served(Starlette(routes=doors)) as served:
        yield served.url
