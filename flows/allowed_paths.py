"""Which paths a run of a deployment may name: its parameters come from whoever reaches Prefect's API."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from prefect.context import FlowRunContext

from schemas.environment import directories_in
from schemas.errors import UsageError
from schemas.trust import is_path
from warehouse.home.run import Order

#: Environment variable of the worker: more directories, with the system's path separator.
SETTING = "SEGMENTS_ALLOWED_PATHS"


def refuse_foreign_paths(dataset: str | None, **paths: str | Sequence[str] | None) -> None:
    """Refuse the parameters of a deployment's run that lead out of the directories that the operator allows.

    What is typed on a command line is the operator's own, and may name any path.

    Raises:
        UsageError: the first path that does.
    """
    context = FlowRunContext.get()
    if context is None or context.flow_run is None or context.flow_run.deployment_id is None:
        return
    given = {**paths, "dataset": dataset if dataset and is_path(dataset) else None}
    allowed = list(_allowed())
    for name, value in given.items():
        for path in [value] if isinstance(value, str) else value or ():
            if not any(Path(path).resolve().is_relative_to(directory) for directory in allowed):
                raise UsageError(
                    f"{name}={path} is not below {allowed[0]}; name a path below it, or have the operator allow its "
                    f"directory with {SETTING} in the environment of the worker"
                )


def _allowed() -> Iterator[Path]:
    """Yield the working directory, the home in it and its inbox, which may be links, and those of the setting."""
    home = Path(Order.home)
    yield from (path.resolve() for path in (Path(), home, home / "inbox"))
    yield from directories_in(SETTING)
