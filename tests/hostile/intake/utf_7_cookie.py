"""Code that appears only to who believes the cookie."""

from pathlib import Path

from tests.hostile.building import PATH, RIGHT, folder


def make(here: Path) -> Path:
    hidden = "# +AAo-" + RIGHT.replace("\n", "+AAo-")
    return folder(here / "s", {PATH: f"# coding: utf-7\n{hidden}\n"})
