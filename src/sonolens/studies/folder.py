"""The folder of a published data set, found also one level too high or too low."""

from collections.abc import Sequence
from pathlib import Path

NAMED_ARCHIVES = 3


def find_folder(path: str, *, parts: Sequence[str], study: str) -> Path:
    """Find the folder that holds the parts of a data set.

    Args:
        path: This folder, the folder around it, or one of its parts.
        parts: The files and folders it must hold.
        study: Name of the data set for the errors.

    Returns:
        The folder.

    Raises:
        FileNotFoundError: If no folder holds every part; names an archive that is not unpacked yet.
        ValueError: If several folders inside `path` do.
    """
    found = folders_holding(path, parts=parts)
    if len(found) > 1:
        raise ValueError(
            f"{study} folder {path!r} holds {len(found)} data sets, {found[0].name!r} and "
            f"{found[1].name!r} among them; give the one to read"
        )
    if not found:
        raise FileNotFoundError(
            f"{study} folder {path!r} {_what_is_wrong(Path(path), parts)}; {remedy(path)} give the "
            f"folder that holds {', '.join(parts)}, for example with --params study.path=..."
        )
    return found[0]


def folders_holding(path: str, *, parts: Sequence[str]) -> list[Path]:
    """List the folders at, just inside or just around `path` that hold every part.

    The folder itself comes alone when it holds them; the folder around counts when `path` is one
    of its parts.
    """
    given = Path(path)
    if _holds(given, parts):
        return [given]
    around = [given.parent] if given.name in parts and _holds(given.parent, parts) else []
    return around + [folder for folder in subfolders(given) if _holds(folder, parts)]


def subfolders(folder: Path) -> list[Path]:
    """List the folders inside a folder by name, without hidden ones; none where it is no folder."""
    if not folder.is_dir():
        return []
    return sorted(
        inner
        for inner in folder.iterdir()
        if inner.is_dir() and not inner.name.startswith((".", "__"))
    )


def remedy(path: str) -> str:
    """Say ``unpack 'set.zip' and`` when archives lie at, in or beside a path, else nothing."""
    given = Path(path)
    places = [given, given.parent] if given.is_dir() else [given.parent]
    archives = [
        file.name
        for place in places
        if place.is_dir()
        for file in sorted(place.iterdir())
        if file.suffix.lower() == ".zip"
    ]
    if not archives:
        return "unpack the data set and"
    return f"unpack {' or '.join(map(repr, archives[:NAMED_ARCHIVES]))} and"


def require_files(files: Sequence[Path], *, study: str) -> None:
    """Refuse a data set that lacks files it lists.

    Raises:
        FileNotFoundError: Names the first file that is absent, and how many more are.
    """
    absent = [file for file in files if not file.is_file()]
    if absent:
        raise FileNotFoundError(
            f"{study} lists {absent[0].name!r} but {str(absent[0].parent)!r} does not hold it, nor "
            f"{len(absent) - 1} more files; unpack the data set again, wholly"
        )


def _holds(folder: Path, parts: Sequence[str]) -> bool:
    return all((folder / part).exists() for part in parts)


def _what_is_wrong(given: Path, parts: Sequence[str]) -> str:
    if not given.exists():
        return "does not exist"
    if given.is_file():
        return "is a file"
    return f"has no {next(part for part in parts if not (given / part).exists())!r}"
