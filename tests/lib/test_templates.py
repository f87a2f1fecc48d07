from datetime import timedelta

import pytest
from jinja2.exceptions import SecurityError, UndefinedError

from bot.lib.templates import environment
from tests.conftest import NOON


def render(tmp_path, text, *, html=False, **what):
    (tmp_path / "a.j2").write_text(text)
    return environment(tmp_path, html).get_template("a.j2").render(**what)


def test_moments_and_spans_have_filters(tmp_path):
    text = "{{ at | utc }}, {{ span | duration }}"
    assert render(tmp_path, text, at=NOON, span=timedelta(minutes=72)) == "2026-03-02 12:00 UTC, 1 h 12 min"


def test_a_misspelt_name_is_an_error(tmp_path):
    with pytest.raises(UndefinedError, match="titel"):
        render(tmp_path, "{{ titel }}", title="x")


def test_a_template_cannot_reach_into_python(tmp_path):
    with pytest.raises(SecurityError):
        render(tmp_path, "{{ ''.__class__.__mro__ }}")


def test_a_template_cannot_change_what_it_is_given(tmp_path):
    with pytest.raises(SecurityError):
        render(tmp_path, "{{ things.append(1) }}", things=[])


def test_html_is_escaped_and_markdown_is_not(tmp_path):
    assert render(tmp_path, "{{ x }}", html=True, x="<b>") == "&lt;b&gt;"
    assert render(tmp_path, "{{ x }}", x="<b>") == "<b>"


def test_the_first_folder_that_has_a_template_wins(tmp_path):
    for name in ("own", "ours"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.j2").write_text(name)
    assert environment([tmp_path / "own", tmp_path / "ours"]).get_template("a.j2").render() == "own"
