"""Read chosen members of a .tar.gz in memory; nothing is unpacked to disk, whatever its names say."""

import gzip
import io
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from experiments.data.errors import SourceRefused


def read_members(path: Path, limits: Mapping[str, int], total: int) -> Iterator[tuple[str, bytes]]:
    """Yield (name, bytes) of the wanted members, in the archive's order, each once.

    Args:
        path: of the archive.
        limits: exact member names, and the most bytes to accept of each.
        total: the most bytes to decompress in all, so that a small file cannot fill the memory.

    Raises:
        SourceRefused: if it is damaged, lacks a wanted member, or exceeds a limit.
    """
    missing = dict(limits)
    try:
        with (
            gzip.open(path) as plain,
            tarfile.open(fileobj=_Bounded(plain, total), mode="r|") as archive,
        ):
            for member in archive:
                if member.name not in missing or not member.isfile():
                    continue
                limit = missing.pop(member.name)
                if member.size > limit:
                    raise SourceRefused(f"{member.name}: expected at most {limit} bytes, got {member.size}")
                file = archive.extractfile(member)
                yield member.name, file.read() if file is not None else b""
                if not missing:
                    return
    except (tarfile.TarError, zlib.error, OSError, EOFError, ValueError) as error:
        raise SourceRefused(f"the archive is damaged: {error}") from None
    raise SourceRefused(f"the archive lacks {', '.join(missing)}")


class _Bounded(io.RawIOBase):
    """A stream that refuses to give more than so many bytes."""

    def __init__(self, stream: IO[bytes] | gzip.GzipFile, left: int) -> None:
        self._stream = stream
        self._left = left

    def read(self, size: int = -1) -> bytes:
        """Read on, within what is left."""
        data = self._stream.read(size if 0 <= size <= self._left else self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise SourceRefused("the archive decompresses to more than it should")
        return data
