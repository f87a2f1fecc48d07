"""Prints the table: `python -m tests.bench`, or only some rows of it: `python -m tests.bench acks storms`."""

import os
import platform
import sys
import time

from tests.bench import (
    acks,
    audits,
    declares,
    digests,
    mailings,
    outages,
    postmortems,
    reach,
    rig,
    starts,
    status,
    storms,
)
from tests.bench.figures import show

ROWS = {
    each.__name__.rpartition(".")[2]: each
    for each in (
        *(declares, acks, storms, outages, postmortems, audits, digests),
        *(mailings, starts, status, reach),
    )
}


def main(names):
    if unknown := set(names) - set(ROWS):
        raise SystemExit(f"No such rows: {', '.join(sorted(unknown))}. There are: {', '.join(ROWS)}.")
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, load {load:.1f} before we began\n")
    try:
        for name in names or ROWS:
            begun = time.monotonic()
            for figure in ROWS[name].rows():
                print(show(figure), flush=True)
            print(f"        ({name}: {time.monotonic() - begun:.0f} s)\n", flush=True)
    finally:
        rig.end()


if __name__ == "__main__":
    main(sys.argv[1:])
