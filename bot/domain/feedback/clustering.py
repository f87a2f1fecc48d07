"""Which voices say the same: each new one joins the cluster that is most like it, or begins one."""

from collections import Counter
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from bot.domain.feedback import rules
from bot.domain.feedback.model import Cluster, Feedback

NEAR, MOST = timedelta(days=90), 300  # how far it looks back, and at how many clusters


def join(session: Session, feedback: Feedback) -> Cluster:
    """Put it where it belongs. Sooner or later the same words mean the same trouble."""
    words = rules.essence(feedback.words)
    found = _nearest(session, words, feedback.at) if words else None
    if found is None:
        title = rules.title_of(feedback.words)
        found = Cluster(title=title, first_at=feedback.at, last_at=feedback.at)
        session.add(found)
    _add(found, words, feedback.at)
    session.flush()
    feedback.cluster_id = found.id
    return found


def move(session: Session, feedback: Feedback, to: Cluster | None) -> None:
    """A person knows better; None: it is a cluster of its own."""
    words = rules.essence(feedback.words)
    old = session.get(Cluster, feedback.cluster_id) if feedback.cluster_id else None
    if old is not None:
        _take_out(old, words)
    if to is None:
        to = Cluster(title=rules.title_of(feedback.words), first_at=feedback.at, last_at=feedback.at)
        session.add(to)
    _add(to, words, feedback.at)
    session.flush()
    feedback.cluster_id = to.id


def leave(session: Session, feedback: Feedback) -> None:
    """It is to be forgotten: its words go from the cluster, also where they are its title."""
    found = session.get(Cluster, feedback.cluster_id) if feedback.cluster_id else None
    if found is None:
        return
    _take_out(found, rules.essence(feedback.words))
    feedback.cluster_id = None
    session.add(feedback)
    session.flush()
    others = select(Feedback.words).where(Feedback.cluster_id == found.id).order_by(col(Feedback.id))
    first = session.exec(others.limit(1)).first()
    if found.title == rules.title_of(feedback.words):
        found.title = rules.title_of(first) if first else "(erased)"
    session.add(found)


def recount(session: Session) -> None:
    """Clusters of which feedback was taken away in bulk: what is left counts, and an empty one goes."""
    for found in session.exec(select(Cluster)).all():
        asked = select(Feedback.words).where(Feedback.cluster_id == found.id).order_by(col(Feedback.id))
        left = [rules.essence(words) for words in session.exec(asked)]
        if not left:
            session.delete(found)
        elif len(left) != found.size:
            found.words = dict(Counter(word for words in left for word in sorted(words)))
            found.size = len(left)
    session.flush()


def _take_out(cluster: Cluster, words: frozenset[str]) -> None:
    left = {word: int(count) - (word in words) for word, count in cluster.words.items()}
    cluster.words, cluster.size = {word: count for word, count in left.items() if count > 0}, cluster.size - 1


def _nearest(session: Session, words: frozenset[str], at: datetime) -> Cluster | None:
    asked = select(Cluster).where(Cluster.last_at >= at - NEAR, col(Cluster.size) > 0)
    near = list(session.exec(asked.order_by(col(Cluster.last_at).desc()).limit(MOST)))
    weigh = rules.weights([one.words for one in near] + [words])
    scored = [(rules.likeness(words, one.words, one.size, weigh), -one.id, one) for one in near]
    best = max(scored, key=lambda each: each[:2], default=None)
    return best[2] if best and best[0] >= rules.ALIKE else None


def _add(cluster: Cluster, words: frozenset[str], at: datetime) -> None:
    """A new dict, since the row sees only that another one stands there."""
    cluster.words = {**cluster.words, **{word: int(cluster.words.get(word, 0)) + 1 for word in sorted(words)}}
    cluster.size += 1
    cluster.last_at = max(cluster.last_at, at)
