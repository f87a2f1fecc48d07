"""Published postmortems in a Git repository: one commit each, whatever breaks on the way."""

import subprocess

import pytest
from sqlmodel import select

from bot import app
from bot.domain import incidents, people, postmortems
from bot.domain.company import Company
from bot.domain.incidents import Report, Status
from bot.integrations import git
from bot.integrations.git.repository import Repository
from bot.lib.courier import Courier
from bot.lib.errors import DeliveryError
from bot.lib.facts import Event, Listeners
from bot.lib.vendors import Deps
from tests.conftest import NOON, carry_all


def said(where, *words):
    return subprocess.run(["git", *words], cwd=where, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def bare(tmp_path):
    said(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "bare.git")
    return tmp_path / "bare.git"


class Office:
    """Somebody publishes; the repository hears of it."""

    def __init__(self, engine, repository):
        company = Company.model_validate({"git": {"repository": str(repository)}})
        info = {"company": company, "templates": app.data_folder("templates")}
        self.courier = Courier(engine, Listeners(), info)
        deps = Deps(None, self.courier, None, lambda: NOON, company, "https://closeout.example.com", None)
        self.git = git.connect({}, deps)
        self.git.door.first_wait = 0
        self.courier.listeners.add_all(self.git)

    def publish(self, title="Checkout is down", **more):
        with self.courier.transaction() as session:
            ada = people.of_email(session, "ada@example.com")
            incident = incidents.declare(session, Report(title, **more), by=ada, now=NOON)
            incidents.set_status(session, incident, Status.RESOLVED, by=ada, now=NOON)
            postmortems.write(session, incident, "summary", "A deploy broke it.", by=ada, now=NOON)
            postmortems.publish(session, incident, by=ada, now=NOON)
        carry_all(self.courier)
        return incident

    def told(self, kind):
        with self.courier.reading() as session:
            return [event.fact for event in session.exec(select(Event).where(Event.kind == kind))]


def test_one_publication_is_one_commit_by_closeout(engine, bare):
    office = Office(engine, bare)
    office.publish()
    assert said(bare, "log", "--format=%an|%s", "main") == "Closeout|INC-1: Checkout is down\n"
    text = said(bare, "show", "main:postmortems/INC-1-checkout-is-down.md")
    assert "A deploy broke it." in text
    assert [fact.path for fact in office.told("PostmortemCommitted")] == [
        "postmortems/INC-1-checkout-is-down.md"
    ]
    office.publish("Search is slow")
    assert said(bare, "rev-list", "--count", "main").strip() == "2"


def test_after_a_crash_the_commit_is_found_and_not_made_again(bare):
    repository = Repository(str(bare), "main")
    first = repository.commit("a/INC-1.md", "text\n", "INC-1: It", "INC-1/7/git")
    repository.commit("a/INC-1.md", "text\n", "INC-1: It", "INC-1/70/git")  # published again
    assert repository.commit("a/INC-1.md", "other\n", "INC-1: It", "INC-1/7/git") == first
    assert said(bare, "rev-list", "--count", "main").strip() == "2"


def test_a_working_tree_follows(engine, tmp_path):
    work = tmp_path / "work"
    said(tmp_path, "init", "--quiet", "--initial-branch=main", "work")
    Office(engine, work).publish()
    assert "A deploy broke it." in (work / "postmortems" / "INC-1-checkout-is-down.md").read_text()
    assert said(work, "status", "--porcelain") == ""


def test_a_broken_repository_blocks_nothing_and_is_said_once(engine, tmp_path, bare):
    office = Office(engine, bare)
    away = tmp_path / "away"
    tries = []

    class Mended:
        def commit(self, *words):
            tries.append(words)
            address = bare if len(tries) > 3 else away
            return Repository(str(address), "main").commit(*words)

    office.git.repository = Mended()
    incident = office.publish()
    with office.courier.reading() as session:
        assert postmortems.of(session, incidents.get(session, incident.id)).is_published
    [told] = office.told("PostmortemNotCommitted")
    assert "It tries again by itself" in str(told)
    assert said(bare, "rev-list", "--count", "main").strip() == "1"


def test_what_is_private_or_practice_stays_out(engine, bare):
    office = Office(engine, bare)
    office.publish(private=True)
    office.publish(drill=True)
    assert said(bare, "branch", "--list") == ""


def test_a_title_is_no_path_and_no_option(engine, bare):
    Office(engine, bare).publish("--force ../../etc/passwd\n\nClosed: yes")
    assert said(bare, "ls-tree", "-r", "--name-only", "main").startswith("postmortems/INC-1-force-etc-passwd")


def test_a_folder_outside_is_refused(bare):
    with pytest.raises(DeliveryError, match="outside of the repository"):
        Repository(str(bare), "main").commit("../x.md", "text", "INC-1", "k")


def test_without_a_repository_it_is_off():
    assert git.connect({}, Deps(None, None, None, None, Company(), "", None)) is None
