"""``Delivery``: the delivered files, as the manifest of the run records them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DeliveredFile:
    """One delivered file, and how its text was read.

    Attributes:
        number: position among the files of the run, from 1; that of its copy in the run.
        source_file: the path that was read.
        source_name: the name of the file alone.
        sha256: hash of the bytes as they were delivered, still packed where they were packed.
        size: their number.
        encoding: the text encoding that was declared or found.
        packing: ``gzip``, ``zstd`` or ``zip``; None where the file is plain text.
        undecodable_lines: lines of the copy with undecodable bytes.
        choice: what it was chosen from, in words; empty where nothing else was there.
    """

    number: int
    source_file: str
    source_name: str
    sha256: str
    size: int
    encoding: str
    packing: str | None
    undecodable_lines: int
    choice: str = ""


@dataclass(frozen=True)
class Delivery:
    """What was delivered; two deliveries with one fingerprint give the same tables.

    Attributes:
        source_file: the paths of all files, joined with " + ".
        source_name: their names, joined in the same way.
        source_sha256: the hash of the file; of several, the hash of their hashes in order.
        source_bytes: bytes delivered in all.
        fingerprint: a hash of all that the published tables depend on.
        files: each file by itself.
    """

    source_file: str
    source_name: str
    source_sha256: str
    source_bytes: int
    fingerprint: str
    files: tuple[DeliveredFile, ...]
    notes: tuple[str, ...] = ()

    def published_name(self, file: DeliveredFile) -> str:
        """Return the file as the published tables name it: its name, or its path where two have one name."""
        names = [other.source_name for other in self.files]
        return file.source_name if names.count(file.source_name) == 1 else file.source_file

    def path_of(self, published_name: str) -> str:
        """Return the path of a file that the published tables name so, for messages."""
        return next(file.source_file for file in self.files if self.published_name(file) == published_name)
