"""Write the next revision, by comparing the models with a fresh SQLite file that has the history so far."""

import importlib
import re
import sys
import tempfile
from pathlib import Path

from alembic import command

from bot.lib import db

HOUSE = Path(__file__).parent.parent
HOLDS_A_TABLE = re.compile(r"^class .*\btable=True", re.MULTILINE)


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit('Say what changes: python -m bot.migrations "Add a table"')
    import_models()
    with tempfile.TemporaryDirectory() as folder:
        engine = db.open_engine(f"sqlite:///{Path(folder, 'now.db')}")
        db.upgrade(engine)
        with engine.connect() as connection:
            command.revision(db.alembic(connection), sys.argv[1], autogenerate=True)
        engine.dispose()


def import_models() -> None:
    """Tables are known once the modules that hold them are imported."""
    for path in sorted(HOUSE.rglob("*.py")):
        if HOLDS_A_TABLE.search(path.read_text()):
            importlib.import_module(".".join(path.relative_to(HOUSE.parent).with_suffix("").parts))


if __name__ == "__main__":
    main()
