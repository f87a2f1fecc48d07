"""Slots: which one is due, also after a night without us, and across the change of clocks."""

from datetime import UTC, datetime

import pytest

from bot.clock import BadTime, cron, previous


@pytest.mark.parametrize(
    ("when", "now", "slot"),
    [
        ("mon 09:00", datetime(2026, 3, 2, 9, 0, tzinfo=UTC), datetime(2026, 3, 2, 9, 0, tzinfo=UTC)),
        ("mon 09:00", datetime(2026, 3, 2, 8, 59, tzinfo=UTC), datetime(2026, 2, 23, 9, 0, tzinfo=UTC)),
        ("mon 09:00", datetime(2026, 3, 8, 23, 0, tzinfo=UTC), datetime(2026, 3, 2, 9, 0, tzinfo=UTC)),
        ("1 09:00", datetime(2026, 3, 31, 12, 0, tzinfo=UTC), datetime(2026, 3, 1, 9, 0, tzinfo=UTC)),
        ("daily 03:15", datetime(2026, 3, 2, 12, 0, tzinfo=UTC), datetime(2026, 3, 2, 3, 15, tzinfo=UTC)),
    ],
)
def test_the_newest_slot_that_is_not_in_the_future(when, now, slot):
    assert previous(cron(when, "UTC"), now) == slot


def test_a_slot_keeps_its_local_hour_when_the_clocks_change():
    before = previous(cron("mon 09:00", "Europe/Berlin"), datetime(2026, 3, 24, tzinfo=UTC))
    after = previous(cron("mon 09:00", "Europe/Berlin"), datetime(2026, 3, 31, tzinfo=UTC))
    assert (before.hour, after.hour) == (8, 7)


@pytest.mark.parametrize("when", ["mon", "mon 25:00", "31 09:00", "someday 09:00", ""])
def test_a_wrong_time_names_the_right_form(when):
    with pytest.raises(BadTime, match="Write"):
        cron(when, "UTC")
