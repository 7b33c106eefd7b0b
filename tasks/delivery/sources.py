"""Find the files that an order names; of a directory, the newest one."""

from pathlib import Path

from schemas.errors import UsageError


def find_source(source: str, done_marker: str | None = None) -> Path:
    """Return the file that a SOURCE names: itself, or the newest file of a directory.

    Args:
        source: path of a file or a directory.
        done_marker: ending of the files that are markers, which a directory may hold too.

    Raises:
        UsageError: there is no such file or directory, or the directory holds no file.
    """
    if not source.strip():
        raise UsageError("SOURCE is empty; name a customers file as SOURCE")
    try:
        return _found_source(source, done_marker)
    except PermissionError as error:
        raise unreadable(error) from error
    except OSError as error:  # such as a name that is too long
        raise UsageError(f"{source[:200]}: {error.strerror}; name a customers file as SOURCE") from error


def find_sources(sources: tuple[str, ...], done_marker: str | None = None) -> tuple[Path, ...]:
    """Return the file that each SOURCE names, in the order given.

    Raises:
        UsageError: none is named, one of them is not found, or two of them are one file.
    """
    if not sources:
        raise UsageError("no SOURCE is named; name a customers file as SOURCE")
    paths: dict[tuple[int, int], Path] = {}
    for source in sources:
        path = find_source(source, done_marker)
        status = path.stat()
        earlier = paths.setdefault((status.st_dev, status.st_ino), path)
        if earlier is not path:
            raise UsageError(f"{earlier} and {path} are the same file; name each file once as SOURCE")
    return tuple(paths.values())


def unreadable(error: PermissionError) -> UsageError:
    """Return the failure of an account that may not read a file."""
    return UsageError(f"{error.filename} cannot be read ({error.strerror}); give this account the right to read it")


def _found_source(source: str, done_marker: str | None) -> Path:
    return max(delivered_files(source, done_marker), key=lambda entry: (entry.stat().st_mtime_ns, entry.name))


def delivered_files(source: str, done_marker: str | None = None) -> list[Path]:
    """Return the files of a directory, or the one file that is named.

    Raises:
        UsageError: there is no such file or directory, or the directory holds no file.
    """
    path = Path(source)
    if path.is_dir():
        found = [entry for entry in path.iterdir() if entry.is_file() and _is_delivered(entry.name, done_marker)]
        if not found:
            raise UsageError(f"{source} holds no file; drop a customers file there, or name one as SOURCE")
        return found
    if not path.exists():
        raise UsageError(f"{source}: no such file or directory; name a customers file as SOURCE")
    if not path.is_file():
        raise UsageError(f"{source} is not a regular file; name a customers file as SOURCE")
    return [path]


def _is_delivered(name: str, done_marker: str | None) -> bool:
    return not name.startswith(".") and not (done_marker and name.endswith(done_marker))
