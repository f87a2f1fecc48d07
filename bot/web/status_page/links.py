"""Where the parts of the status page lie: at addresses of ours, or as files beside each other."""

from dataclasses import dataclass

FEEDS = ("feed.atom", "history.atom", "history.rss")
API = (
    "summary",
    "status",
    "components",
    "incidents",
    "incidents/unresolved",
    "scheduled-maintenances",
    "scheduled-maintenances/upcoming",
    "scheduled-maintenances/active",
)


@dataclass(frozen=True)
class Links:
    """`root` leads from this page to the first one; `base` is the address of the whole, for feeds."""

    base: str
    root: str = "/status"
    is_static: bool = False
    forms: frozenset[str] = frozenset()  # subscribe, report: where those pages are there

    @property
    def home(self) -> str:
        return f"{self.root}index.html" if self.is_static else self.root

    def to(self, name: str) -> str:
        return f"{self.root}{name}" if self.is_static else f"{self.root}/{name}"

    def month(self, name: str) -> str:
        return f"{self.root}history/{name}.html" if self.is_static else f"{self.root}/history?month={name}"

    def full_month(self, name: str) -> str:
        return f"{self.base}/history/{name}.html" if self.is_static else f"{self.base}/history?month={name}"

    def form(self, name: str) -> str:
        """Nothing where it is not there: a static copy takes no forms."""
        return f"{self.root}/{name}" if name in self.forms and not self.is_static else ""
