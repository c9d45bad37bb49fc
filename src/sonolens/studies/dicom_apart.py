"""GDCM decodes in a process of its own, because over a broken file it ends the process that it runs in.

A child is started when it is first needed, and asked again and again; one that ended is replaced. Asked is a line of
JSON with path and index, answered a line with the number of bytes that follow, or with an error.
"""

import atexit
import io
import json
import queue
import subprocess
import sys
from threading import Timer
from typing import IO, Any

import numpy as np
import pydicom
from jaxtyping import Shaped
from pydicom.pixels.utils import pixel_array

PLUGIN = "gdcm"
MOST_SECONDS = 120
"""For one file; a clip of 1 GB takes some ten."""

_idle: "queue.LifoQueue[subprocess.Popen[bytes]]" = queue.LifoQueue()


def decode_apart(path: str, index: int | None) -> Shaped[np.ndarray, "..."]:
    """Decode a frame by GDCM, or all of them.

    Args:
        path: The file.
        index: Which frame, from 0; None for all.

    Raises:
        RuntimeError: GDCM refused the file, or ended over it.
    """
    try:
        child = _idle.get_nowait()
    except queue.Empty:
        child = _start()
    watch = Timer(MOST_SECONDS, child.kill)
    watch.start()
    try:
        answer, content = _ask(child, {"path": path, "index": index})
    finally:
        watch.cancel()
    if answer is None:
        _end(child)
        raise RuntimeError("its decoder broke off")
    _idle.put(child)
    if "error" in answer:
        raise RuntimeError(answer["error"])
    return np.load(io.BytesIO(content), allow_pickle=False)


def answer_all(asked: IO[bytes], answered: IO[bytes]) -> None:
    """Decode what is asked for, line by line, until nobody asks."""
    for line in asked:
        wanted, file = json.loads(line), io.BytesIO()
        try:
            read = pydicom.dcmread(wanted["path"])
            np.save(file, pixel_array(read, index=wanted["index"], decoding_plugin=PLUGIN))
            told: dict[str, Any] = {"bytes": file.tell()}
        except Exception as error:  # what decoders raise; the other side tells it
            told = {"error": str(error) or type(error).__name__}
        answered.write(
            json.dumps(told).encode() + b"\n" + (file.getvalue() if "bytes" in told else b"")
        )
        answered.flush()


def _start() -> "subprocess.Popen[bytes]":
    """Start a child that knows this file and no more, so that it is there in half a second."""
    alone = [sys.executable, "-P", __file__]
    return subprocess.Popen(  # noqa: S603 - this very file
        alone,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # where decoders quote headers
    )


def _end(child: "subprocess.Popen[bytes]") -> None:
    child.kill()
    child.communicate()


@atexit.register
def _end_all() -> None:
    while not _idle.empty():
        _end(_idle.get())


def _ask(
    child: "subprocess.Popen[bytes]", wanted: dict[str, Any]
) -> tuple[dict[str, Any] | None, bytes]:
    """Ask a child; no answer comes from one that ended."""
    asked, answered = child.stdin, child.stdout
    assert asked is not None and answered is not None  # noqa: S101, PT018 - both are pipes
    try:
        asked.write(json.dumps(wanted).encode() + b"\n")
        asked.flush()
    except OSError:
        return None, b""
    line = answered.readline()
    if not line.endswith(b"\n"):
        return None, b""
    answer: dict[str, Any] = json.loads(line)
    content = answered.read(answer.get("bytes", 0))
    return (answer, content) if len(content) == answer.get("bytes", 0) else (None, b"")


if __name__ == "__main__":
    answer_all(sys.stdin.buffer, sys.stdout.buffer)
