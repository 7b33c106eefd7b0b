"""Try every k as the others do, one fit and one silhouette each, and print as JSON what came of it.

Needs the standard library alone, as Spark may run in a Python without the rest.
"""

import json
import time
from collections.abc import Callable
from typing import TypeVar

K = range(2, 11)

M = TypeVar("M")


def show_over_k(
    start: float, fit: Callable[[int], M], silhouette: Callable[[M], float], objective: Callable[[M], float]
) -> None:
    """Print the k with the highest silhouette, the curve, and the seconds since the start by what they went into.

    Args:
        start: when reading began, by ``time.perf_counter``; it has ended now.
        fit: makes a model of k segments.
        silhouette: mean silhouette of a model.
        objective: J of a model.
    """
    steps = {"read": time.perf_counter() - start, "fit": 0.0, "silhouette": 0.0}
    silhouettes, objectives = {}, {}
    for k in K:
        began = time.perf_counter()
        model = fit(k)
        fitted = time.perf_counter()
        silhouettes[k], objectives[k] = silhouette(model), objective(model)
        steps["fit"] += fitted - began
        steps["silhouette"] += time.perf_counter() - fitted
    best = max(silhouettes, key=lambda k: silhouettes[k])
    told = {"k": best, "silhouette": silhouettes[best], "objective": objectives[best]}
    curves = {"curve": silhouettes, "objectives": objectives}
    print(json.dumps({**told, **curves, "seconds": time.perf_counter() - start, "steps": steps}))
