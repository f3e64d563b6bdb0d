"""Reading what was handed in, once it is clear that student code can be confined here."""

from __future__ import annotations

import stat
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from autograder.errors import UnconfinedError
from autograder.intake import Submission, Unpack, read_files, read_submission
from autograder.kit import Kit
from autograder.parsing import Parser, members
from autograder.result import Confinement, Finding
from autograder.sandbox.archive import Member
from autograder.sandbox.client import ForkServer
from autograder.sandbox.kernel import ConfinementError

__all__ = ["Reader", "unconfined"]


class Reader:
    """Reads submission after submission.

    Parameters
    ----------
    kit
        The assignment.
    server
        Forks the workers that open archives, which may be bombs.
    allowed
        Go on where this machine cannot confine student code well enough.

    Attributes
    ----------
    confinement
        What is in force.
    warnings
        What a person should know of it.

    Raises
    ------
    UnconfinedError
    """

    def __init__(self, kit: Kit, server: ForkServer, allowed: bool) -> None:
        self._kit = kit
        self._server = server
        self._allowed = allowed
        try:
            self.confinement = Confinement(**server.facts)
        except ConfinementError as error:
            raise UnconfinedError(str(error)) from None
        self.warnings = self._check_confinement()

    def read(self, path: Path) -> Submission:
        """Read a folder, an archive or a file, as ``intake.read_submission`` does."""
        submission = self._unpacking(lambda unpack: read_submission(path, self._kit.files, unpack))
        self.expect_hidden(path)
        return submission

    def read_files(self, identity: str, named: Mapping[str, Path]) -> Submission:
        """Read single files, as ``intake.read_files`` does."""
        submission = read_files(identity, named, self._kit.files)
        for path in named.values():
            self.expect_hidden(path)
        return submission

    def expect_hidden(self, path: Path) -> None:
        """Refuse what student code could read, where nothing but its rights keeps it off."""
        if _keeps_files_only_by_user(self.confinement) and _readable_by_others(path):
            self._refuse(f"others, and so student code, can read {path} and what lies beside it")

    def _unpacking(self, read: Callable[[Unpack], Submission]) -> Submission:
        with ExitStack() as stack:

            def unpack(data: bytes, suffix: str) -> tuple[Sequence[Member], int]:
                return members(stack.enter_context(closing(Parser(self._server))), data, suffix)

            try:
                return read(unpack)
            except ConfinementError as error:
                raise unconfined(error) from None

    def _check_confinement(self) -> list[Finding]:
        """Refuse to go on where too little is in force, or say loudly that it is so."""
        reason = _why_unconfined(self.confinement, self._kit.hidden)
        if reason is None:
            return []
        missing = "; ".join(self._server.missing)
        self._refuse(f"{reason} ({missing})")
        text = f"Student code ran without full confinement: {reason} ({missing})."
        return [Finding(severity="warning", text=text)]

    def _refuse(self, reason: str) -> None:
        """Stop here, unless it was asked to go on all the same."""
        if not self._allowed:
            raise UnconfinedError(
                f"this machine cannot confine student code: {reason}. "
                "`autograder doctor` says how to mend it; --unconfined grades all the same, and "
                "then a submission can read what this user can and change its own grade"
            )


def unconfined(error: ConfinementError) -> UnconfinedError:
    """The error that ends a command for want of protection."""
    return UnconfinedError(f"a worker could not be confined: {error}")


def _why_unconfined(facts: Confinement, hidden: Sequence[Path]) -> str | None:
    """Why these protections do not suffice over what is hidden; None if they do."""
    if not facts.seccomp:
        return "no filter of system calls"
    if facts.landlock is not None or "mount" in facts.namespaces:
        return None
    # Root that became another user, over files which that user cannot read.
    if _keeps_files_only_by_user(facts) and not any(map(_readable_by_others, hidden)):
        return None
    return "nothing keeps student code from reading files"


def _keeps_files_only_by_user(facts: Confinement) -> bool:
    return facts.landlock is None and "mount" not in facts.namespaces and facts.user == "nobody"


def _readable_by_others(path: Path) -> bool:
    """Whether a user who is neither owner nor in the group can get at a file or a folder."""
    resolved = path.resolve()
    on_the_way = all(p.stat().st_mode & stat.S_IXOTH for p in resolved.parents)
    wanted = stat.S_IXOTH if resolved.is_dir() else stat.S_IROTH
    return on_the_way and bool(resolved.stat().st_mode & wanted)
