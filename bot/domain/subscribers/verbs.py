"""Asking, confirming, changing, ending. What strangers do leaves no fact; what colleagues do leaves one."""

from collections.abc import Collection, Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.domain import components as parts
from bot.domain import mailings
from bot.domain.company import company_of
from bot.domain.mailings import MAIL, WEBHOOK
from bot.domain.people import Access, Person, require
from bot.domain.subscribers import rules, writing
from bot.domain.subscribers.facts import SubscriberRemoved, SubscribersImported
from bot.domain.subscribers.model import Pace, Standing, Subscriber, SubscriberComponent
from bot.lib import db
from bot.lib.choices import one_of
from bot.lib.errors import Refused
from bot.lib.facts import record

MOST_A_HOST = 20  # endpoints that one host may have, so that nobody is called by our help again and again


class NoSuchSubscriber(Refused):
    """There is no such subscription, or not any more. Subscribe anew on the status page."""


class TooMany(Refused):
    """This host has many subscriptions already. Remove one of them first."""


def ask(
    session: Session,
    address: str,
    *,
    now: datetime,
    components: Iterable[str] = (),
    pace: str = Pace.EACH,
    timezone: str = "",
) -> None:
    """Somebody wants mails, or somebody else typed their address: only the owner of the mailbox can confirm.

    To whoever asks it is the same whether the address is known or not. Raises Refused for what is no
    address, component, pace or zone.
    """
    kept = mailings.address(address)
    chosen, wished = _keys(session, components), (_pace(pace), rules.zone(timezone))
    recipient = mailings.recipient(MAIL, kept)
    known = session.exec(select(Subscriber).where(Subscriber.recipient == recipient)).first()
    if known is None:
        known = _add(session, MAIL, kept, recipient, now)
    elif not rules.may_ask(known.asks, known.asked_at, now):
        return
    else:
        known.asks, known.asked_at = known.asks + 1, now
    if known.standing == Standing.ACTIVE:
        writing.send_known(session, known, now=now)
        return
    known.pace, known.timezone = wished
    _choose(session, known, chosen)
    _send_confirmation(session, known, now)


def _send_confirmation(session: Session, to: Subscriber, now: datetime) -> None:
    secret = rules.secret()
    to.confirm_hash, to.confirm_until = rules.digest(secret), now + rules.CONFIRM_WITHIN
    session.add(to)
    session.flush()
    writing.send_confirmation(session, to, secret, now=now)


def confirm(session: Session, secret: str, *, now: datetime) -> Subscriber:
    """The owner of the mailbox says yes. Only what is published from now on is for them."""
    found = awaiting(session, secret, now=now)
    found.standing, found.confirm_hash, found.confirm_until = Standing.ACTIVE, None, None
    found.confirmed_at = found.since = now
    found.stopped_at, found.reason, found.asks = None, "", 0
    session.add(found)
    return found


def awaiting(session: Session, secret: str, *, now: datetime) -> Subscriber:
    """Whose confirmation this is; it is good once, and for some days. Raises NoSuchSubscriber."""
    found = session.exec(select(Subscriber).where(Subscriber.confirm_hash == rules.digest(secret))).first()
    if found is None or found.confirm_until is None or found.confirm_until < now:
        raise NoSuchSubscriber("This link was used, or is too old. Subscribe anew on the status page.")
    return found


def ask_webhook(
    session: Session,
    url: str,
    *,
    now: datetime,
    components: Iterable[str] = (),
    allowed: Collection[str] = (),
) -> Subscriber:
    """An endpoint wants to be called. It is, once it has answered our challenge. Raises Refused."""
    kept = rules.target(url, allowed)
    chosen = _keys(session, components)
    host = kept.split("/")[2]
    near = sa.select(sa.func.count()).where(
        col(Subscriber.way) == WEBHOOK,
        col(Subscriber.address).startswith(f"{kept.split('/')[0]}//{host}/", autoescape=True),
    )
    if session.execute(near).scalar_one() >= MOST_A_HOST:
        raise TooMany
    token = rules.secret()
    found = _add(session, WEBHOOK, kept, mailings.recipient(WEBHOOK, f"{kept} {token}"), now, token=token)
    found.secret = writing.new_signing_secret()
    _choose(session, found, chosen)
    writing.send_challenge(session, found, now=now)
    return found


def challenge_again(session: Session, subscriber: Subscriber, *, now: datetime) -> bool:
    """Call the endpoint once more; False where that was just done, or it is active."""
    if subscriber.standing == Standing.ACTIVE or not rules.may_ask(subscriber.asks, subscriber.asked_at, now):
        return False
    subscriber.asks, subscriber.asked_at = subscriber.asks + 1, now
    subscriber.standing, subscriber.reason = Standing.PENDING, ""
    session.add(subscriber)
    session.flush()
    writing.send_challenge(session, subscriber, now=now)
    return True


def answered(session: Session, recipient: str, *, now: datetime) -> None:
    """An endpoint gave our challenge back, so whoever runs it wants to be called."""
    found = of_recipient(session, recipient)
    if found and found.standing == Standing.PENDING:
        found.standing, found.confirmed_at, found.since, found.asks = Standing.ACTIVE, now, now, 0
        found.reason = ""
        session.add(found)


def unanswered(session: Session, recipient: str, why: str) -> None:
    """An endpoint did not give our challenge back; its page says why."""
    found = of_recipient(session, recipient)
    if found and found.standing == Standing.PENDING:
        found.reason = why[:200]
        session.add(found)


def of_recipient(session: Session, recipient: str) -> Subscriber | None:
    return session.exec(select(Subscriber).where(Subscriber.recipient == recipient)).first()


def of_token(session: Session, token: str) -> Subscriber:
    """Whose page this is. Raises NoSuchSubscriber."""
    found = session.exec(select(Subscriber).where(Subscriber.token == token)).first() if token else None
    if found is None:
        raise NoSuchSubscriber
    return found


def change(
    session: Session, subscriber: Subscriber, *, components: Iterable[str], pace: str, timezone: str
) -> None:
    """What it hears of, how often, and in which zone. Raises Refused."""
    chosen = _keys(session, components)
    subscriber.pace = Pace.EACH if subscriber.way == WEBHOOK else _pace(pace)
    subscriber.timezone = rules.zone(timezone)
    session.add(subscriber)
    _choose(session, subscriber, chosen)


def leave(session: Session, token: str) -> bool:
    """It ends: the address is erased, and what waits for it is not sent. False where it had ended."""
    found = session.exec(select(Subscriber).where(Subscriber.token == token)).first() if token else None
    if found:
        _erase(session, found)
    return found is not None


def remove(session: Session, id: int, *, by: Person, now: datetime) -> None:
    """An administrator erases somebody who asked for it. Raises NoSuchSubscriber, and NotAllowed."""
    require(by, Access.ADMIN)
    found = db.row(session, Subscriber, id)
    if found is None:
        raise NoSuchSubscriber(f"There is no subscriber {id}. Nothing was changed.")
    record(session, SubscriberRemoved(by=by.id, subscriber=id), at=now)
    _erase(session, found)


def bring_in(session: Session, addresses: Iterable[str], *, by: Person, now: datetime) -> int:
    """Take over who has confirmed at another status page; answers how many are new. Raises BadAddress."""
    require(by, Access.ADMIN)
    kept = dict.fromkeys(mailings.address(each) for each in addresses)
    known = set(session.exec(select(Subscriber.address).where(Subscriber.way == MAIL)))
    new = [each for each in kept if each not in known]
    record(session, SubscribersImported(by=by.id, count=len(new)), at=now)
    rows = [
        {
            **{
                "way": MAIL,
                "address": each,
                "recipient": mailings.recipient(MAIL, each),
                "token": rules.secret(),
            },
            **{"standing": Standing.ACTIVE, "pace": Pace.EACH, "timezone": "UTC", "asked_at": now, "asks": 0},
            **{"confirmed_at": now, "since": now, "reason": "", "secret": ""},
        }
        for each in new
    ]
    for start in range(0, len(rows), 500):
        session.execute(sa.insert(Subscriber), rows[start : start + 500])
    return len(rows)


def bounced(session: Session, recipient: str, why: str, *, now: datetime) -> bool:
    """Mail to that address comes back: it gets no more. False where nobody there subscribed."""
    theirs = sa.update(Subscriber).where(
        col(Subscriber.recipient) == recipient, col(Subscriber.standing) != Standing.STOPPED
    )
    stop = theirs.values(standing=Standing.STOPPED, stopped_at=now, reason=why[:200], confirm_hash=None)
    stopped = session.execute(stop.returning(col(Subscriber.id))).scalar()
    if stopped:
        mailings.drop(session, recipient, now=now)
    return bool(stopped)


def failing(session: Session, recipient: str, why: str, *, now: datetime, is_gone: bool) -> None:
    """An endpoint did not take what it was sent. One that is gone, or fails for days, is called no more."""
    found = of_recipient(session, recipient)
    if found is None or found.standing == Standing.STOPPED:
        return
    found.failing_since = found.failing_since or now
    session.add(found)
    session.flush()
    if is_gone or now - found.failing_since >= rules.PATIENCE:
        bounced(session, recipient, why, now=now)


def took(session: Session, recipient: str) -> None:
    """It takes what it is sent, again."""
    theirs = col(Subscriber.recipient) == recipient, col(Subscriber.failing_since).is_not(None)
    session.execute(sa.update(Subscriber).where(*theirs).values(failing_since=None))


def forget(session: Session, before: datetime) -> None:
    """Erase whoever asked before that and never confirmed."""
    waiting = col(Subscriber.standing) == Standing.PENDING, col(Subscriber.asked_at) < before
    for found in session.exec(select(Subscriber).where(*waiting)).all():
        _erase(session, found)


def _erase(session: Session, subscriber: Subscriber) -> None:
    mailings.erase(session, [subscriber.recipient], token=subscriber.token)
    _choose(session, subscriber, ())
    session.delete(subscriber)
    session.flush()


def _add(
    session: Session, way: str, address: str, recipient: str, now: datetime, token: str = ""
) -> Subscriber:
    made = Subscriber(
        way=way, address=address, recipient=recipient, token=token or rules.secret(), asked_at=now
    )
    session.add(made)
    session.flush()
    return made


def _choose(session: Session, subscriber: Subscriber, keys: Iterable[str]) -> None:
    session.execute(
        sa.delete(SubscriberComponent).where(col(SubscriberComponent.subscriber_id) == subscriber.id)
    )
    session.add_all(SubscriberComponent(subscriber_id=subscriber.id, component=key) for key in keys)
    session.flush()


def _keys(session: Session, components: Iterable[str]) -> list[str]:
    company = company_of(session)
    return list(dict.fromkeys(parts.find(company, each).key for each in components))


def _pace(text: str) -> Pace:
    return one_of("pace", text or Pace.EACH, {each.value: each for each in Pace})
