"""A profile's YAML as plain data that remembers the line of every key, and reports what YAML itself forbids."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from tenants.problems import Finding, Path

LARGEST = 1_000_000
DEEPEST = 20

_PLAIN: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}
_INTEGER = re.compile(r"[-+]?(0|[1-9]\d*)")
_DECIMAL = re.compile(r"[-+]?\d+\.\d+")


@dataclass(slots=True)
class Document:
    """The data of one file, the line of every path in it, and what is wrong with it as YAML."""

    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    findings: list[tuple[int, Finding]] = field(default_factory=list)

    def line_of(self, path: Path) -> int:
        """The line of a path, or of the nearest part above it that stands in the file."""
        for length in range(len(path), 0, -1):
            line = self.lines.get(path[:length])
            if line is not None:
                return line
        return 1


@dataclass(slots=True)
class _Open:
    """A list or mapping that is still being read."""

    path: Path
    value: list[Any] | dict[str, Any]
    key: str | None = None
    skipping: bool = False

    def next_path(self) -> Path:
        if isinstance(self.value, list):
            return (*self.path, len(self.value))
        return (*self.path, self.key or "")


class _Reader:
    """Builds the data from YAML's events, one event at a time."""

    def __init__(self) -> None:
        self.document = Document()
        self.stack: list[_Open] = []

    def complain(self, event: yaml.Event, path: Path, message: str, expected: str = "") -> None:
        self.document.findings.append((_line(event), Finding(path, message, expected)))

    def read(self, event: yaml.Event) -> None:
        if getattr(event, "anchor", None) is not None:
            self.complain(event, self.place(), "anchors and aliases are not used in profiles", "the value written out")
        if isinstance(event, yaml.AliasEvent):
            self.put(event, None)
        elif isinstance(event, yaml.ScalarEvent):
            self.scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            self.open(event, [])
        elif isinstance(event, yaml.MappingStartEvent):
            self.open(event, {})
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            self.stack.pop()

    def place(self) -> Path:
        return self.stack[-1].next_path() if self.stack else ()

    def expects_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].value, dict) and self.stack[-1].key is None

    def scalar(self, event: yaml.ScalarEvent) -> None:
        if self.expects_key():
            self.take_key(event)
        else:
            self.put(event, _value(event))

    def take_key(self, event: yaml.ScalarEvent) -> None:
        top = self.stack[-1]
        path = (*top.path, event.value)
        top.key = event.value
        if isinstance(top.value, dict) and event.value in top.value:
            first = self.document.lines.get(path, 1)
            self.complain(event, path, f"the key {event.value!r} stands twice here", f"only the one on line {first}")
            top.skipping = True
        else:
            self.document.lines[path] = _line(event)

    def open(self, event: yaml.Event, value: list[Any] | dict[str, Any]) -> None:
        path = self.place()
        if self.expects_key():
            self.complain(event, path, "a key must be a plain word", "text")
            self.stack[-1].key, self.stack[-1].skipping = "", True
        self.put(event, value)
        self.stack.append(_Open(path, value))

    def put(self, event: yaml.Event, value: Any) -> None:
        if not self.stack:
            self.document.data = value
            return
        top = self.stack[-1]
        if isinstance(top.value, list):
            self.document.lines[top.next_path()] = _line(event)
            top.value.append(value)
        elif top.key is not None:
            if not top.skipping:
                top.value[top.key] = value
            top.key, top.skipping = None, False


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _value(event: yaml.ScalarEvent) -> Any:
    if event.style in ("'", '"', "|", ">") or event.value is None:
        return event.value
    if event.value in _PLAIN:
        return _PLAIN[event.value]
    if _INTEGER.fullmatch(event.value):
        return int(event.value)
    if _DECIMAL.fullmatch(event.value):
        return float(event.value)
    return event.value


def read_document(text: str) -> Document:
    """Read one YAML text; on a mistake of syntax the document holds that one finding and no data."""
    if len(text) > LARGEST:
        return _failed(1, f"the file has {len(text)} characters", f"at most {LARGEST}")
    reader = _Reader()
    documents = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                return _failed(_line(event), "a second YAML document begins here", "one document")
            if len(reader.stack) > DEEPEST:
                return _failed(_line(event), "nested too deep", f"at most {DEEPEST} levels")
            reader.read(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        about = " ".join(part for part in (error.context, error.problem) if part)
        return _failed(mark.line + 1 if mark else 1, f"not readable as YAML: {about}", "valid YAML")
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        return _failed(line, f"a character that YAML does not allow: {error.reason}", "printable text")
    except UnicodeEncodeError as error:
        return _failed(text.count("\n", 0, error.start) + 1, "half a character (a lone surrogate)", "printable text")
    return reader.document


def _failed(line: int, message: str, expected: str) -> Document:
    return Document(findings=[(line, Finding((), message, expected))])
