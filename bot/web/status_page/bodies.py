"""An answer as it is kept: its bytes plain and packed, its tag and its headers, all made once."""

import base64
import gzip
import hashlib
import re
from dataclasses import dataclass

from bot.web.guard import HEADERS, HSTS

FRESH = b"public, max-age=5, stale-if-error=86400"
Pairs = tuple[tuple[bytes, bytes], ...]
SHARED = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
SCRIPTS = re.compile(r"<script>(.*?)</script>", re.DOTALL)
MARKS = re.compile(r'<html lang="en" data-mark="([0-9a-f]+)"')
SHEETS = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@dataclass(frozen=True)
class Body:
    """`plain` and `packed` are (headers, bytes); `unchanged` are the headers of a 304."""

    tag: bytes
    plain: tuple[Pairs, bytes]
    packed: tuple[Pairs, bytes]
    unchanged: Pairs
    status: int = 200

    @property
    def text(self) -> bytes:
        return self.plain[1]


def body(kind: str, text: str, *, is_https: bool, status: int = 200) -> Body:
    raw = text.encode()
    packed = gzip.compress(raw, 6, mtime=0)
    mark = hashlib.sha256(raw).hexdigest()[:32].encode()
    shared = _headers(kind, text, is_https)
    typed = (b"content-type", f"{kind}; charset=utf-8".encode())
    whole = (*_kept(shared, mark), typed, _length(raw))
    small = (*_kept(shared, mark + b"-gz"), typed, (b"content-encoding", b"gzip"), _length(packed))
    return Body(mark, (whole, raw), (small, packed), _kept(shared, mark), status)


def _kept(shared: Pairs, tag: bytes) -> Pairs:
    return (*shared, (b"etag", b'"%b"' % tag), (b"cache-control", FRESH), (b"vary", b"accept-encoding"))


def _length(body: bytes) -> tuple[bytes, bytes]:
    return b"content-length", str(len(body)).encode()


def _headers(kind: str, text: str, is_https: bool) -> Pairs:
    said = {**HEADERS, **({} if kind == "text/html" else SHARED)}
    said["Content-Security-Policy"] = policy(text)
    if found := MARKS.search(text):
        said["X-Status-Mark"] = found[1]  # by which a page that is open knows that it has become old
    if is_https:
        said["Strict-Transport-Security"] = HSTS
    return tuple((name.lower().encode(), value.encode()) for name, value in said.items())


def policy(text: str) -> str:
    """Exactly the style and the script that stand in the page, and nothing else from anywhere."""
    styles, scripts = (_hashes(found.findall(text)) for found in (SHEETS, SCRIPTS))
    return (
        f"default-src 'none'; style-src {styles}; script-src {scripts}; img-src data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def _hashes(found: list[str]) -> str:
    sums = (base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in found)
    return " ".join(f"'sha256-{each}'" for each in sums) or "'none'"
