"""A wheel of this very package, so that a release needs no package index to know it.

Building tools start from a source tree, which need not be there: what is installed is packed
again, after the specification of binary distributions
(https://packaging.python.org/en/latest/specifications/binary-distribution-format/).
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from importlib import metadata
from pathlib import Path

from autograder.errors import GraderFault
from autograder.release.files import files_in, pack_zip

__all__ = ["own_wheel"]

_PACKAGE = Path(__file__).parents[1]
_NAME = "onewalk"
_WHEEL = "Wheel-Version: 1.0\nGenerator: autograder release\nRoot-Is-Purelib: true\nTag: {}\n"
_TAG = "py3-none-any"


def own_wheel() -> tuple[str, bytes]:
    """The file name and the bytes of a wheel of the package that is running.

    Raises
    ------
    GraderFault
        When the package runs without having been installed.
    """
    try:
        installed = metadata.distribution(_NAME)
    except metadata.PackageNotFoundError:
        raise GraderFault(
            f"{_NAME} is not installed, so there is nothing to release it from; "
            "install it with pip install ."
        ) from None
    about = f"{_NAME}-{installed.version}.dist-info"
    files = dict(files_in(_PACKAGE.parent, _PACKAGE.name))
    for path in installed.files or ():
        # Not the rest of that folder, which says how it was installed here.
        if path.parts[:2] == (about, "licenses") or path.name in ("METADATA", "entry_points.txt"):
            files[path.as_posix()] = path.read_binary()
    files[f"{about}/WHEEL"] = _WHEEL.format(_TAG).encode()
    files[f"{about}/RECORD"] = _record(files, f"{about}/RECORD")
    return f"{_NAME}-{installed.version}-{_TAG}.whl", pack_zip(files)


def _record(files: dict[str, bytes], itself: str) -> bytes:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    for name, data in sorted(files.items()):
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
        rows.writerow([name, f"sha256={digest.decode()}", len(data)])
    rows.writerow([itself, "", ""])
    return text.getvalue().encode()
