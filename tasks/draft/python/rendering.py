"""Write a drafted schema as the Python file that a person will edit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import jinja2

from tasks.draft.python.declaring import DraftedColumn
from tasks.draft.python.literals import WIDTH, call_lines, wrapped

_INDENT = 4


@dataclass(frozen=True)
class DraftedSchema:
    """All that a schema file says.

    Attributes:
        class_name: name of the class.
        sentences: paragraphs of its docstring, the first being its title.
        settings: class keywords, by name.
        columns: the columns in their order.
        notes: what is to be said of columns that are not declared.
    """

    class_name: str
    sentences: Sequence[str]
    settings: Mapping[str, object]
    columns: Sequence[DraftedColumn]
    notes: Sequence[str] = ()


def render_schema(schema: DraftedSchema) -> str:
    """Return the text of the schema file.

    It needs no formatting, and no text of the delivered file can stand in it other than as a
    literal or within a comment.
    """
    template = _environment().from_string(files("tasks").joinpath("templates/schema.py.jinja2").read_text("utf-8"))
    kinds = {column.kind.role.value for column in schema.columns}
    bases: dict[str, object] = {"Dataset": None, **schema.settings}
    return template.render(
        imports=["Dataset", *sorted(kinds)],
        opening=call_lines(f"class {schema.class_name}(", bases, 0, "):"),
        docstring=["\n    ".join(wrapped(_quiet(text), WIDTH - _INDENT - len('"""'))) for text in schema.sentences],
        fields=[_field(column) for column in schema.columns],
        closing=[line for note in schema.notes for line in _comment(note)],
    )


def _environment() -> jinja2.Environment:
    return jinja2.Environment(  # noqa: S701  # Python, not HTML: texts come in as literals
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=jinja2.StrictUndefined
    )


def _field(column: DraftedColumn) -> dict[str, list[str]]:
    naming, kind = column.naming, column.kind
    alias = {} if naming.alias is None else {"alias": naming.alias}
    before = f"{naming.name}: Series[{kind.value_type}] = {kind.role.value}("
    lines = call_lines(before, {**kind.arguments, **alias}, _INDENT)
    return {"comment": _comment("; ".join(kind.reasons)), "lines": lines}


def _comment(text: str) -> list[str]:
    return wrapped(text, WIDTH - _INDENT - len("# "))


def _quiet(text: str) -> str:
    """Return a text that can neither end a docstring nor begin an escape."""
    return "".join(mark if mark.isprintable() and mark not in '"\\' else "_" for mark in text)
