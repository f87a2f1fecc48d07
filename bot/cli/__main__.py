"""`python -m bot.cli` is the command `closeout`."""

from bot.cli import main

main()
