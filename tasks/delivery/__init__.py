"""Take what was delivered into the run: found, whole, unpacked, and copied as text that every reader counts alike.

``taking`` is the step; ``sources`` finds the files, ``settling`` waits for them, ``packing`` unpacks
them, ``encodings`` and ``western`` tell how their text is written, ``text`` writes the copy.
"""

from tasks.delivery.copying import SourceCopy, copy_source
from tasks.delivery.delivered import DeliveredFile, Delivery
from tasks.delivery.sources import find_source, find_sources
from tasks.delivery.taking import published_before, take

__all__ = [
    "DeliveredFile",
    "Delivery",
    "SourceCopy",
    "copy_source",
    "find_source",
    "find_sources",
    "published_before",
    "take",
]
