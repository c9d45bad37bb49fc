"""A way to the newest of something, which moves on: a link where the file system has links, else a page."""

import html
import os
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from fsspec.implementations.local import LocalFileSystem
from kedro.io.core import AbstractDataset, get_protocol_and_path

from sonolens.datasets.whole_file import open_file_system, passing_name, whole_file

PAGE = (
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>latest</title>\n'
    '<meta http-equiv="refresh" content="0; url={address}"></head>\n'
    '<body><p><a href="{address}">{address}</a></p></body></html>\n'
)


class LinkDataset(AbstractDataset[str, str]):
    """Points from one name at a file beside it, given as a relative path; empty points nowhere.

    On a local file system the name becomes a symbolic link to the folder that holds the file, so that what
    lies beside it is found as well. Elsewhere, or where links are not allowed, a page ``<name>.html`` sends
    its reader on.

    Args:
        filepath: The name, with an fsspec protocol in front unless it is local.
        credentials: Credentials of the file system.
        fs_args: Other arguments of the file system.
        metadata: Left to plugins such as Kedro-Viz.
    """

    def __init__(
        self,
        *,
        filepath: str | os.PathLike[str],
        credentials: dict[str, Any] | None = None,
        fs_args: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._protocol, path = get_protocol_and_path(filepath)
        self._path = PurePosixPath(path)
        self._fs = open_file_system(self._protocol, credentials=credentials, fs_args=fs_args)
        self.metadata = metadata

    @property
    def page(self) -> str:
        """Where the page lies that stands in for a link."""
        return f"{self._path}.html"

    def save(self, data: str) -> None:
        """Point at `data`, in place of what was pointed at before."""
        self._forget()
        if not data or self._link(PurePosixPath(data)):
            return
        with whole_file(self._fs, self.page) as file:
            file.write(PAGE.format(address=html.escape(quote(data))).encode("utf-8"))

    def load(self) -> str:
        """Tell the folder or the page that the name points at; empty for none."""
        if self._fs.exists(self.page):
            return self.page
        link = Path(self._path)
        local = isinstance(self._fs, LocalFileSystem) and link.is_symlink()
        return str(link.readlink()) if local else ""

    def _forget(self) -> None:
        if self._fs.exists(self.page):
            self._fs.rm(self.page)
        link = Path(self._path)
        if isinstance(self._fs, LocalFileSystem) and link.is_symlink():
            link.unlink()

    def _link(self, target: PurePosixPath) -> bool:
        """Make the link, or say that there can be none; what is no link of ours is left alone."""
        link = Path(self._path)
        if not isinstance(self._fs, LocalFileSystem) or link.exists():
            return False
        passing = Path(passing_name(link.as_posix()))
        try:
            link.parent.mkdir(parents=True, exist_ok=True)
            passing.symlink_to(target.parent, target_is_directory=True)
            passing.replace(link)
        except OSError:
            return False
        return True

    def _exists(self) -> bool:
        return bool(self.load())

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._path, "protocol": self._protocol}
