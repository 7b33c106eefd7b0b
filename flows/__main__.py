"""``python -m flows`` is ``segments``."""

from flows.cli import main

main()
