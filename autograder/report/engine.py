"""The template engine, set up once and for all pages alike."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

__all__ = ["TEMPLATES", "template"]

TEMPLATES = Path(__file__).parent / "templates"


@cache  # a class has hundreds of pages
def template(name: str) -> Template:
    """Load a template; whatever it prints is escaped."""
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
