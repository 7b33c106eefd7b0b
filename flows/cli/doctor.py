"""``segments doctor``: look at a home and the server, and say what is to be mended."""

import os
from datetime import timedelta

from flows.cli.options import DEFAULT_HOME, HomeOption
from flows.cli.tables import print_table, result_console
from flows.environment import named_server
from flows.server_access import room_faults, server_faults
from schemas.errors import SegmentsError, UsageError


def doctor(*, home: HomeOption = DEFAULT_HOME, max_age: timedelta | None = None) -> None:
    """Check a home.

    Parameters
    ----------
    max_age
        Age of the published file, as in 26h or 3d, beyond which it is a fault.

    Raises:
    ------
    SegmentsError
        There is something to mend.
    """
    if max_age is not None and max_age < timedelta():
        raise UsageError("--max-age should be a time such as 26h or 3d, and not below zero")
    from tasks.diagnose import Finding, diagnose  # loads DuckDB

    found, url = diagnose(home, max_age), named_server()
    faults = [*room_faults(os.environ), *server_faults(url)] if url is not None else []
    found += [Finding("fault", "server", words) for words in faults]
    print_table(result_console(), "", [{"": one.level, "about": one.about, "found": one.words} for one in found])
    to_mend = [f"{one.about}: {one.words}" for one in found if one.level == "fault"]
    if to_mend:
        raise SegmentsError(f"{len(to_mend)} to mend: {'; '.join(to_mend)}")
