"""A page for each public construct: its docstrings, its signature, an example and what that makes.

Types of attributes and of CloudFormation resources are those of the example when it runs, so a
construct without an example has no page, and that is an error.
"""

import inspect
import os
import re
import runpy
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from types import GenericAlias, NoneType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

import aws_cdk as cdk
from constructs import Construct, IConstruct

import intentlog_constructs

DOCS = Path(__file__).parent
FOLDER = "constructs"
_SECTION = re.compile(r"^(Args|Attributes|Raises|Returns):$", re.MULTILINE)
_ENTRY = re.compile(r"(\w+): (.*)", re.DOTALL)
_WORD_OF_CLASS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_POSITION = ("self", "scope", "construct_id")


class Docstring(NamedTuple):
    """A docstring in Google's form: what it says, and its sections' entries by their names."""

    summary: str
    description: str
    sections: dict[str, dict[str, str]]


def pages() -> dict[str, str]:
    """Return the pages' texts by their files in ``docs/``."""
    classes = [getattr(intentlog_constructs, name) for name in intentlog_constructs.__all__]
    written = {f"{FOLDER}/{made.__name__}.md": _page(made) for made in classes}
    return written | {f"{FOLDER}/README.md": _index(classes)}


def example_of(class_: type) -> Path:
    """Return the file of a class's example."""
    return DOCS / FOLDER / "examples" / f"{_WORD_OF_CLASS.sub('_', class_.__name__).lower()}.py"


def docstring(text: str) -> Docstring:
    """Read a docstring; text after a section belongs to it."""
    head, *rest = _SECTION.split(inspect.cleandoc(text))
    summary, _, description = head.strip().partition("\n\n")
    pairs = zip(rest[::2], rest[1::2], strict=True)
    sections = {title: dict(_entries(body)) for title, body in pairs}
    return Docstring(_flowing(summary), _flowing(description), sections)


def _entries(body: str) -> Iterator[tuple[str, str]]:
    """Yield a section's entries: each begins at the section's own indentation."""
    for entry in re.split(r"\n(?=\S)", inspect.cleandoc(body)):
        if found := _ENTRY.fullmatch(entry.strip()):
            yield found[1], _flowing(inspect.cleandoc(found[2]))


def _flowing(text: str) -> str:
    """Return text with a line for each paragraph, and code as Markdown has it."""
    paragraphs = text.strip().split("\n\n")
    lines = (" ".join(line.strip() for line in paragraph.splitlines()) for paragraph in paragraphs)
    return "\n\n".join(lines).replace("``", "`")


def _index(classes: list[type]) -> str:
    lines = [
        "# The constructs",
        "",
        "Written by `make docs` from the docstrings in `constructs/intentlog_constructs/` and the",
        "examples in `docs/constructs/examples/`. Each works alone in any stack; the stacks of",
        "this project are made of nothing else.",
        "",
        "| Construct | |",
        "|---|---|",
        *(
            f"| [{made.__name__}]({made.__name__}.md) | {_cell(_doc(made).summary)} |"
            for made in classes
        ),
    ]
    return "\n".join(lines) + "\n"


def _page(class_: type) -> str:
    doc = _doc(class_)
    about, code = _example(example_of(class_))
    app = _run(example_of(class_))
    made = [node for node in app.node.find_all() if isinstance(node, class_)]
    is_construct = issubclass(class_, Construct)
    parts = [
        f"# {class_.__name__}",
        doc.summary,
        doc.description,
        *_keywords(class_),
        *(_attributes(class_, doc, made[0]) if is_construct else []),
        *(_resources(made) if is_construct else ["It makes no resources."]),
        "## Example",
        _flowing(about),
        f"```python\n{code}```",
        f"{_link(_source(class_))} and {_link(example_of(class_))}: `make docs` writes this page.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _keywords(class_: type) -> Iterator[str]:
    """Yield a table of what the constructor takes by name."""
    constructor = vars(class_)["__init__"]
    init = docstring(inspect.getdoc(constructor) or "")
    described = init.sections.get("Args", {})
    given = [
        parameter
        for name, parameter in inspect.signature(constructor).parameters.items()
        if name not in _POSITION
    ]
    if undescribed := {parameter.name for parameter in given} ^ set(described) - {*_POSITION}:
        raise ValueError(f"{class_.__name__}: Args and signature differ: {sorted(undescribed)}")
    yield "## Keyword arguments"
    yield init.description
    rows = [
        f"| `{parameter.name}` | {_type(parameter.annotation)} | {_default(parameter)} "
        f"| {_cell(described[parameter.name])} |"
        for parameter in given
    ]
    yield "\n".join(["| Name | Type | Default | |", "|---|---|---|---|", *rows])
    for error, when in init.sections.get("Raises", {}).items():
        yield f"Raises `{error}`: {when[:1].lower()}{when[1:]}"


def _attributes(class_: type, doc: Docstring, made: IConstruct) -> Iterator[str]:
    described = doc.sections.get("Attributes", {})
    there = {name for name in vars(made) if not name.startswith("_")}
    if different := there ^ set(described):
        raise ValueError(f"{class_.__name__}: Attributes differ: {sorted(different)}")
    yield "## Attributes"
    rows = [
        f"| `{name}` | {_type_of(getattr(made, name))} | {_cell(text)} |"
        for name, text in described.items()
    ]
    yield "\n".join(["| Name | In the example | |", "|---|---|---|", *rows])


def _resources(made: list[IConstruct]) -> Iterator[str]:
    types: dict[str, int] = {}
    for node in {id(node): node for top in made for node in top.node.find_all()}.values():
        if isinstance(node, cdk.CfnResource):
            types[node.cfn_resource_type] = types.get(node.cfn_resource_type, 0) + 1
    yield "## Resources"
    yield "Those that the example below makes."
    rows = [f"| `{type_}` | {count} |" for type_, count in sorted(types.items())]
    yield "\n".join(["| CloudFormation type | Number |", "|---|---|", *rows])


def _example(file: Path) -> tuple[str, str]:
    """Return what an example says of itself, and its code."""
    about, quotes, code = file.read_text(encoding="utf-8").removeprefix('"""').partition('"""\n\n')
    if not quotes:
        raise ValueError(f"{file.name}: it has no docstring")
    return about, code


def _run(example: Path) -> cdk.App:
    """Run an example where the contracts are, and return its app."""
    with chdir(DOCS.parent):
        app = runpy.run_path(str(example))["app"]
    if not isinstance(app, cdk.App):
        raise TypeError(f"{example.name}: `app` is no cdk.App")
    return app


def _doc(class_: type) -> Docstring:
    return docstring(class_.__doc__ or "")


def _source(class_: type) -> Path:
    return Path(inspect.getfile(class_))


def _link(file: Path) -> str:
    return f"[{file.name}]({os.path.relpath(file, DOCS / FOLDER)})"


def _type(annotation: Any) -> str:
    """Return an annotation as a reader knows it: no modules, unions with "or"."""
    if annotation in (None, NoneType):
        return "None"
    arguments = get_args(annotation)
    origin = get_origin(annotation)
    if origin is Literal:
        return " or ".join(f"`{value!r}`".replace("'", '"') for value in arguments)
    if isinstance(annotation, GenericAlias) or origin not in {None, Union, type(int | str)}:
        inner = ", ".join(_type(argument) for argument in arguments)
        return f"{getattr(origin, '__name__', origin)} of {inner}"
    if arguments:
        return " or ".join(_type(argument) for argument in arguments)
    return f"`{annotation.__name__}`"


def _type_of(value: object) -> str:
    if isinstance(value, dict):
        of = sorted({_type_of(item) for item in value.values()})
        return f"dict of {', '.join(of)}" if of else "dict, empty"
    if cdk.Token.is_unresolved(value):
        return f"`{type(value).__name__}`, a token"
    module = type(value).__module__.rpartition(".")[2]
    return f"`{module}.{type(value).__name__}`"


def _default(parameter: inspect.Parameter) -> str:
    if parameter.default is inspect.Parameter.empty:
        return "required"
    default = parameter.default
    if isinstance(default, cdk.RemovalPolicy):
        return f"`{default}`"
    return f"`{default!r}`".replace("'", '"')


def _cell(text: str) -> str:
    return text.replace("\n\n", " ").replace("|", "&#124;")
