"""What every part of a profile is made of: frozen nodes, their legal basis, and names that point at other parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Generic, Literal, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from tenants.duration import parse_duration

K = TypeVar("K")
V = TypeVar("V", covariant=True)


class FrozenMap(Mapping[K, V], Generic[K, V]):
    """A mapping that cannot be changed once a profile is read."""

    __slots__ = ("_entries",)

    def __init__(self, entries: Mapping[K, V]) -> None:
        self._entries: dict[K, V] = dict(entries)

    def __getitem__(self, key: K) -> V:
        return self._entries[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __hash__(self) -> int:
        return hash(frozenset(self._entries.items()))

    def __repr__(self) -> str:
        return f"FrozenMap({self._entries!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let pydantic read a plain mapping, freeze it, and write a plain mapping back."""
        key_type, value_type = get_args(source) or (str, Any)
        return core_schema.no_info_after_validator_function(
            cls,
            core_schema.dict_schema(handler.generate_schema(key_type), handler.generate_schema(value_type)),
            serialization=core_schema.wrap_serializer_function_ser_schema(
                lambda frozen, write: write(dict(frozen)),
                schema=core_schema.dict_schema(handler.generate_schema(key_type), handler.generate_schema(value_type)),
            ),
        )


def freeze(value: Any) -> Any:
    """Turn lists into tuples and mappings into frozen ones, all the way down."""
    if isinstance(value, Mapping):
        return FrozenMap({key: freeze(part) for key, part in value.items()})
    if isinstance(value, list | tuple):
        return tuple(freeze(part) for part in value)
    return value


@dataclass(frozen=True, slots=True)
class Declares:
    """Marks a name that other parts of the same profile may point at."""

    kind: str
    unique: bool = True


@dataclass(frozen=True, slots=True)
class Refers:
    """Marks a name that must be declared elsewhere in the same profile, or be one of `also`."""

    kinds: tuple[str, ...]
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OneOf:
    """Marks a name that must come from a closed list of the program."""

    what: str
    names: tuple[str, ...]

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Tell editors the whole list, so that they complete it."""
        return {**handler(schema), "enum": list(self.names)}


_CITATION = re.compile(r"\s*(?P<rule>[A-Za-z0-9.\-]+)\s*(?:\[.*\])?\s*")


def cited_rule(citation: str) -> str:
    """The rule id of a citation such as `TA-15-2 [000, Art.15(1)]`; the article in brackets is for human readers."""
    found = _CITATION.fullmatch(citation)
    return found["rule"] if found else citation


Citation = Annotated[str, AfterValidator(cited_rule)]


def _known_duration(text: str) -> str:
    parse_duration(text)
    return text


DurationText = Annotated[str, AfterValidator(_known_duration)]

Force = Literal["MUST", "ENCOURAGED", "PERMITTED", "BY_REFERENCE"]
Enforcement = Literal["enforce", "display", "record", "report"]


@dataclass(frozen=True, slots=True)
class Basis:
    """What a part of a profile rests on: rules of the regulation, or a default of ours with its reason."""

    rules: tuple[str, ...]
    default: bool
    why: str | None
    default_fields: tuple[str, ...]


class Node(BaseModel):
    """A part of a profile: cannot be changed, knows no unlisted key."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RuleNode(Node):
    """A part of a profile that says what it rests on: it cites rules, or it is a default and says why."""

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": ["cite"]}, {"required": ["default", "why"]}]},
    )

    cite: tuple[Citation, ...] = ()
    default: bool = False
    why: str | None = None
    default_fields: tuple[str, ...] = ()
    force: Force | None = None
    enforcement: Enforcement = "enforce"

    @cached_property
    def basis(self) -> Basis:
        """The rules or the reason behind this part; refusals and proofs quote it."""
        return Basis(self.cite, self.default, self.why, self.default_fields)


class CodedZh(RuleNode):
    """A thing with a code for the program and its Chinese name for people."""

    code: str
    zh: str
