"""``python -m flows`` is ``segments``."""

from flows.cli.app import main

main()
