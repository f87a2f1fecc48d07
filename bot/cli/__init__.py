"""The same verbs from a terminal. Exit codes: 0 done, 1 refused, 2 wrong usage, 3 broken."""

import sys

import click

from bot.cli import (
    admin,
    auditing,
    customers,
    drills,
    feedback,
    incidents,
    maintenance,
    records,
    sample,
    serving,
    subscribers,
    updates,
)
from bot.lib.errors import DeliveryError, Refused

DONE, REFUSED, USAGE, BROKEN = 0, 1, 2, 3


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="closeout")
def closeout() -> None:
    """Closeout: incidents and postmortems that are not let go until every loop is closed."""


for room in (
    serving,
    drills,
    incidents,
    updates,
    maintenance,
    records,
    sample,
    auditing,
    admin,
    customers,
    feedback,
    subscribers,
):
    for command in room.COMMANDS:
        closeout.add_command(command)


def main(args: list[str] | None = None) -> None:
    """Run one command and leave with its exit code."""
    sys.exit(run(args))


def run(args: list[str] | None = None) -> int:
    try:
        answer = closeout.main(args=args, prog_name="closeout", standalone_mode=False)
        return answer if isinstance(answer, int) else DONE
    except (Refused, DeliveryError) as refusal:
        click.echo(str(refusal), err=True)
        return REFUSED
    except click.ClickException as wrong:
        wrong.show()
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return REFUSED
    except Exception as bug:
        click.echo(
            f"Closeout broke: {type(bug).__name__}: {bug}. Nothing was changed by this command.", err=True
        )
        return BROKEN
