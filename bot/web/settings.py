"""What the pages and the REST interface need to know of the settings."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class WebSettings:
    """The public address, the key that signs, and the administrator's token (empty: there is none)."""

    public_url: str = "http://127.0.0.1:3000"
    secret_key: str = field(default="", repr=False)
    api_token: str = field(default="", repr=False)

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")
