"""``segments rollback``: publish an earlier file again."""

from flows.cli.options import DEFAULT_HOME, HomeOption


def rollback(run_id: str | None = None, *, home: HomeOption = DEFAULT_HOME) -> None:
    """Publish an earlier file again.

    Parameters
    ----------
    run_id
        Run whose file to publish; the one before the published one by default.
    """
    from tasks.roll_back import roll_back  # loads pandas

    done = roll_back(home, run_id)
    print(f"run {done.run_id}, as of {done.as_of}, is published again")
    if done.set_aside:
        print(f"the file under the published name was not the one published last: {done.set_aside}")
    if done.taken_back:
        print(
            f"rolled back: {', '.join(done.taken_back)}; its delivery is taken in again with --force only, and "
            f"segments rollback {done.taken_back[0]} undoes this"
        )
    if done.lost_audiences:
        print(f"frozen since, and not in this file: {', '.join(done.lost_audiences)}; freeze them again, or undo this")
