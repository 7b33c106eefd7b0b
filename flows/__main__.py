"""Entry point of ``python -m flows``, which is the same as the command ``segments``."""

from flows.cli.app import main

main()
