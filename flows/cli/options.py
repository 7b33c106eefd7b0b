"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, Final, Literal

from cyclopts import Parameter

from warehouse.home.run import Order

DEFAULT_HOME: Final = Path(Order.home)

HomeOption = Annotated[
    Path, Parameter(env_var="SEGMENTS_HOME", help="Directory of the published file and of the runs.")
]

FormulasOption = Annotated[
    Literal["mark", "keep"],
    Parameter(help="Whether CSV and XLSX get a ' before texts that a spreadsheet would run; keep is for programs."),
]
