"""``autograder.py`` of a bundle for Classroom 50: installs the grader that lies beside it, runs it.

It runs in the student's checkout, with nothing but Python's own library, and lets nothing be
imported or configured from there. Exit code 0 if, and only if, the submission was graded.
"""

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Grade the checkout that this was started in."""
    if sys.version_info < (3, 11):  # noqa: UP036 - a runner of one's own may have any
        print(f"Python 3.11 or newer is needed; this is {sys.version}", file=sys.stderr)
        return 3
    checkout = Path.cwd()
    # Tools look for modules and settings in the folder that they are started in.
    os.chdir(HERE)
    # Where student code is another user, as in a container, the hidden tests are closed to it.
    HERE.chmod(0o700)
    temporary = os.environ.get("RUNNER_TEMP") or None
    with tempfile.TemporaryDirectory(prefix="onewalk-", dir=temporary) as folder:
        place = Path(folder)
        # In a container student code may be another user, who has to find Python.
        place.chmod(0o755)
        try:
            python = install(place)
        except subprocess.CalledProcessError as error:
            print(f"the grader could not be installed: {error}", file=sys.stderr)
            return 3
        module = ["-P", "-m", "autograder.hosted.classroom50"]
        return subprocess.run([python, *module, HERE, checkout], check=False).returncode


def install(place: Path) -> Path:
    """Make an environment that also has what this Python has, such as PyTorch for a card."""
    venv.create(place, system_site_packages=True, with_pip=True, symlinks=True)
    python = place / "bin" / "python"
    (wheel,) = HERE.glob("*.whl")
    options = ["--quiet", "--disable-pip-version-check", "--no-input"]
    pinned = ["--constraint", "constraints.txt", str(wheel)]
    command = [str(python), "-P", "-m", "pip", "install", *options, *pinned]
    subprocess.run(command, check=True)
    return python


if __name__ == "__main__":
    sys.exit(main())
