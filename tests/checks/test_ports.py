"""Where the practice workspace listens is said, also when it is not where it always was."""

from bot.cli.serving import moved_from


def test_another_port_than_the_usual_one_is_said():
    said = moved_from("http://127.0.0.1:41337", 3100)
    assert said.startswith("Port 3100 is taken, so the practice workspace listens on 41337 this time.")


def test_the_usual_port_needs_no_word():
    assert moved_from("http://127.0.0.1:3100", 3100) == ""
