"""Find the processes that a test started, whoever their parents are."""

from pathlib import Path


def marked(mark: str) -> list[int]:
    """Return the processes whose environment holds a mark."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"{mark}=1\0".encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:  # it has ended, or is not ours
            continue
    return found
