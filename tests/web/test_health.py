"""What monitors ask."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot import web
from bot.domain.company import Company
from bot.lib import db
from bot.lib.courier import Courier
from bot.lib.facts import Listeners
from bot.lib.inbox import Letter
from bot.web import health

TEMPLATES = Path(__file__).parent.parent.parent / "templates"


def test_it_is_alive_even_without_a_database(tmp_path):
    assert client(tmp_path / "nowhere" / "x.db").get("/healthz").status_code == 200


def test_it_is_not_ready_while_the_database_is_away(tmp_path):
    answer = client(tmp_path / "nowhere" / "x.db").get("/readyz")
    assert answer.status_code == 503
    assert "does not answer" in answer.text


def test_it_is_not_ready_before_the_migrations_ran(tmp_path):
    answer = client(tmp_path / "new.db").get("/readyz")
    assert answer.status_code == 503
    assert "closeout db upgrade" in answer.text


def test_it_is_ready_when_they_ran(floor):
    assert floor.browser().get("/readyz").status_code == 200


def test_the_database_away_is_503_for_programs_too(tmp_path):
    courier = Courier(
        db.open_engine(f"sqlite:///{tmp_path}/nowhere/x.db"), Listeners(), {"templates": TEMPLATES}
    )
    settings = web.WebSettings(api_token="t", secret_key="k")
    routes = web.routes(courier, None, lambda: None, Company(), settings)
    answer = TestClient(Starlette(routes=routes)).get(
        "/api/v1/incidents", headers={"Authorization": "Bearer t"}
    )
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert "sqlite" not in answer.text.lower()


def test_numbers_count_what_is_live(floor, api, down, watch):
    api.post("incidents", json={"severity": "sev1", "drill": True})
    api.post("incidents")
    with floor.courier.transaction() as session:
        session.add(Letter(source="x", delivery="1", received_at=watch(), body="{}"))
    said = floor.browser().get("/metrics").text
    assert 'closeout_incidents_live{severity="sev1"} 1.0' in said
    assert 'closeout_incidents_live{severity="unknown"} 1.0' in said
    assert "closeout_inbox_waiting 1.0" in said
    assert "process_resident_memory_bytes" in said


def test_numbers_do_not_break_without_a_database(tmp_path):
    answer = client(tmp_path / "nowhere" / "x.db").get("/metrics")
    assert answer.status_code == 200
    assert "closeout_database_up 0.0" in answer.text


def client(path):
    courier = Courier(db.open_engine(f"sqlite:///{path}"), Listeners(), {})
    return TestClient(Starlette(routes=health.routes(courier, None)))


def test_pages_say_so_when_the_database_is_away(floor, ana, engine):
    browser = floor.signed_in(ana)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE incident RENAME TO gone")
    for path in ("/", "/incidents/INC-1"):
        answer = browser.get(path)
        assert answer.status_code == 503
        assert "Nothing was changed" in answer.text
