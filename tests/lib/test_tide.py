from bot.lib.tide import LASTING, MANY, WINDOW, Tide


class Seconds:
    now = 100.0

    def __call__(self):
        return self.now


def tide():
    seconds = Seconds()
    return Tide(seconds), seconds


def test_a_few_letters_are_no_flood():
    water, _ = tide()
    water.came(MANY - 1)
    assert not water.is_high


def test_many_letters_are_a_flood_until_they_ebb():
    water, seconds = tide()
    water.came(MANY)
    assert water.is_high
    seconds.now += WINDOW
    assert water.is_high, "the window before counts, too"
    seconds.now += WINDOW
    assert not water.is_high


def test_a_flood_that_lasts_is_read_all_the_same():
    water, seconds = tide()
    for _ in range(int(LASTING / WINDOW)):
        water.came(MANY)
        assert water.is_high
        seconds.now += WINDOW
    water.came(MANY)
    assert not water.is_high
