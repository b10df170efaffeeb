"""Reads the YAML files that say how a language is understood, and checks them against a schema.

Every fault is reported at once, with the file and the entry that holds it.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

Schema = TypeVar("Schema", bound=BaseModel)


def read_checked(path: Path, schema: type[Schema], error: type[ValueError]) -> Schema:
    """Return the content of a YAML file as `schema`.

    Raises `error`, naming the file and all faults: it is missing, is not YAML, is not a mapping,
    or an entry breaks the schema.
    """
    try:
        content = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise error(f"{path}: cannot be read ({fault.strerror})") from fault
    except YAMLError as fault:
        raise error(f"{path}: not valid YAML: {fault}") from fault
    if not isinstance(content, dict):
        raise error(f"{path}: a mapping is expected")
    try:
        return schema.parse_obj(content)
    except ValidationError as faults:
        lines = "\n".join(f"  {line}" for line in _faults(content, faults))
        raise error(f"{path}:\n{lines}") from faults


def language_files(folder: Path, languages: Sequence[str] | None = None) -> dict[str, Path]:
    """Return the files `<language>.yml` of a folder by language: all of them, or those named.

    English comes first, then the order of the alphabet. Whether named files exist is seen when
    they are read.
    """
    names = languages or sorted(file.stem for file in folder.glob("*.yml"))
    return {name: folder / f"{name}.yml" for name in sorted(names, key=lambda n: (n != "en", n))}


def _faults(content: dict[str, Any], error: ValidationError) -> Iterator[str]:
    """Yield each fault with its place; entries are called by their id where they have one."""
    for fault in error.errors():
        place: list[str] = []
        inside: Any = content
        for step in fault["loc"]:
            try:
                inside = inside[step]
            except (KeyError, IndexError, TypeError):
                inside = None
            named = isinstance(step, int) and isinstance(inside, dict) and inside.get("id")
            place.append(f"'{named}'" if named else f"{step}" if step != "__root__" else "file")
        yield f"{' > '.join(place)}: {fault['msg']}"
