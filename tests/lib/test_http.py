import gzip

import httpx
import pytest

from bot.lib.errors import DeliveryError
from bot.lib.http import Http, json_of


def answering(code: int, **how) -> Http:
    return Http(httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(code, **how))))


async def test_an_answer_is_given_back():
    answer = await answering(202, json={"ok": True}).post("https://far.example/x", json={"a": 1})
    assert answer.json() == {"ok": True}


@pytest.mark.parametrize("code", [301, 400, 401, 404, 410, 422])
async def test_what_cannot_be_mended_by_waiting_is_permanent(code):
    with pytest.raises(DeliveryError, match=f"far.example answered {code}") as caught:
        await answering(code).get("https://far.example/x")
    assert caught.value.permanent


@pytest.mark.parametrize("code", [408, 425, 500, 502, 503, 504])
async def test_what_may_pass_is_not_permanent(code):
    with pytest.raises(DeliveryError) as caught:
        await answering(code).put("https://far.example/x")
    assert (caught.value.permanent, caught.value.retry_after) == (False, None)


@pytest.mark.parametrize(("header", "seconds"), [("7", 7), ("0", 0), ("soon", 5), ("", 5)])
async def test_a_429_says_how_long_to_be_quiet(header, seconds):
    with pytest.raises(DeliveryError) as caught:
        await answering(429, headers={"Retry-After": header}).patch("https://far.example/x")
    assert (caught.value.permanent, caught.value.retry_after) == (False, seconds)


async def test_a_line_that_is_cut_is_passing_and_the_secret_in_the_path_is_not_told():
    def cut(request):
        raise httpx.ConnectTimeout("no", request=request)

    http = Http(httpx.AsyncClient(transport=httpx.MockTransport(cut)))
    with pytest.raises(DeliveryError, match=r"^far.example cannot be reached \(ConnectTimeout\)$") as caught:
        await http.post("https://far.example/hooks/s3cret")
    assert not caught.value.permanent


@pytest.mark.parametrize("packed", [False, True])
async def test_no_more_is_read_than_was_meant(packed):
    """Also where a small answer unpacks to a large one."""
    body, headers = b"x" * 3000, {}
    if packed:
        body, headers = gzip.compress(body), {"Content-Encoding": "gzip"}
    far = answering(200, content=body, headers=headers)
    with pytest.raises(DeliveryError, match=r"far.example answered with more than 2 KB"):
        await far.read("GET", "https://far.example/x", most=2048)
    assert (await far.read("GET", "https://far.example/x", most=4096)).content == b"x" * 3000


async def test_an_answer_that_is_no_json_may_pass():
    answer = await answering(200, html="<p>Sign in</p>").read("GET", "https://far.example/x", most=100)
    with pytest.raises(DeliveryError, match="no JSON") as caught:
        json_of("far.example", answer)
    assert not caught.value.permanent
