"""Writes random valid documents over a whole schema: fragments, aliases, directives, variables, filters, pages."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
)

from bench.equality.question import Fragment, Part, Question
from bench.equality.values import Member, Values, bare

OFTEN = {"cases": 6, "case": 5, "node": 4, "nodes": 3, "units": 2, "items": 2, "callbacks": 2, "legs": 2}
"""How often a root field is asked for; all others once."""
RARE = {"elapsedWorkingSeconds", "remainingWorkingSeconds", "lateWorkingSeconds", "proof"}
"""Fields that cost much to answer in the standard way."""
FAVOURED = {"applicant": 4, "currentVersion": 2, "cases": 3, "timeline": 2}
"""Fields that random choice would seldom meet, though much depends on them."""
PAGING = ("first", "after", "last", "before", "orderBy")
DEEPEST = 6


@dataclass
class Writing:
    """One document in the making."""

    schema: GraphQLSchema
    chance: Random
    values: Values
    roots: Mapping[str, float]
    made: Question = field(default_factory=Question)
    left: int = 0

    def question(self) -> Question:
        """Write one document."""
        query = self.schema.query_type
        if query is None:
            raise LookupError("a schema without queries")
        self.left = self.chance.choice((4, 6, 9, 16))
        names = sorted(self.roots)
        weights = [self.roots[name] for name in names]
        for number, name in enumerate(self.chance.choices(names, weights, k=self.chance.choice((1, 1, 1, 2, 3)))):
            key = name if all(part.key != name for part in self.made.parts) else f"{name}_{number}"
            self.made.parts.append(self.root(name, key, query.fields[name]))
        if self.chance.random() < 0.1:
            self.made.parts.insert(0, Part("__typename", "__typename"))
        if self.chance.random() < 0.1:
            self.made.parts = [Part("...", inner=self.made.parts, directive=self.directive(0.2))]
        return self.made

    def root(self, name: str, key: str, declared: GraphQLField) -> Part:
        """Write a root field with its arguments."""
        given = self.values.paged(declared) if "first" in declared.args else {}
        for argument, kind in declared.args.items():
            if argument in PAGING or argument in given:
                continue
            if (isinstance(kind.type, GraphQLNonNull) and kind.default_value is None) or self.chance.random() < 0.45:
                given[argument] = self.values.of(kind.type, (name, argument))
        if name == "case":
            given = self.of_case(given)
        return self.part(name, key, declared, self.written(declared, given))

    def of_case(self, given: dict[str, Any]) -> dict[str, Any]:
        """Name a case by its id or by its number, seldom by both or by neither."""
        if self.chance.random() < 0.04:
            return given
        if self.chance.random() < 0.5:
            return {"id": self.values.an_id("Case")}
        return {"caseNo": self.values.text(("caseNo",))}

    def written(self, declared: GraphQLField, given: dict[str, Any]) -> list[tuple[str, str]]:
        """Write arguments: as literals, as variables, or mixed."""
        return [
            (name, self.operand(declared.args[name].type, value, declared.args[name])) for name, value in given.items()
        ]

    def operand(self, kind: Any, value: Any, argument: GraphQLArgument | None = None) -> str:
        """Write a value, which may become a variable as a whole or in parts."""
        whole = argument is not None and argument.type is kind
        if self.chance.random() < (0.45 if whole else 0.15):
            return f"${self.variable(kind, value)}"
        inner = bare(kind)
        if value is None:
            return "null"
        if isinstance(inner, GraphQLList) and isinstance(value, list):
            if len(value) == 1 and self.chance.random() < 0.3:
                return self.operand_literal(inner.of_type, value[0])
            return f"[{', '.join(self.operand(inner.of_type, each) for each in value)}]"
        return self.operand_literal(inner, value)

    def operand_literal(self, kind: Any, value: Any) -> str:
        """Write a value that is no variable itself."""
        inner = bare(kind)
        if isinstance(inner, GraphQLInputObjectType):
            fields = (f"{name}: {self.operand(inner.fields[name].type, part)}" for name, part in value.items())
            return f"{{{', '.join(fields)}}}"
        return literal(value)

    def variable(self, kind: Any, value: Any) -> str:
        """Declare a variable for a value: given, or given by its default."""
        name = f"v{len(self.made.declared)}"
        luck, inner = self.chance.random(), bare(kind)
        if luck < 0.2:
            self.made.declared[name] = f"{inner} = {literal(value)}"
            if self.chance.random() < 0.3:
                self.made.values[name] = value
            return name
        self.made.declared[name] = f"{inner}!" if luck < 0.5 else str(kind)
        self.made.values[name] = value
        if not isinstance(kind, GraphQLNonNull) and luck > 0.98:
            self.made.values[name] = None
        if not isinstance(kind, GraphQLNonNull) and 0.96 < luck <= 0.98:
            del self.made.values[name]
        return name

    def directive(self, often: float = 0.06) -> str:
        """Write a condition on a part, sometimes."""
        if self.chance.random() >= often:
            return ""
        name = self.chance.choice(("include", "skip"))
        value = (name == "include") if self.chance.random() < 0.7 else (name == "skip")
        told = literal(value)
        if self.chance.random() < 0.5:
            boolean = GraphQLNonNull(self.schema.type_map["Boolean"])  # type: ignore[type-var]
            told = f"${self.variable(boolean, value)}"
        return f" @{name}(if: {told})"

    def part(
        self, name: str, key: str, declared: GraphQLField, arguments: list[tuple[str, str]], depth: int = 1
    ) -> Part:
        """Write a field with what is selected of it."""
        self.left -= 1
        kind = get_named_type(declared.type)
        inner = None if is_leaf_type(kind) else self.selected(kind, depth)
        head = name if key == name else f"{key}: {name}"
        return Part(head, key, arguments, self.directive(), inner)

    def selected(self, kind: Any, depth: int) -> list[Part]:
        """Select something of an object."""
        if isinstance(kind, GraphQLInterfaceType):
            return self.of_interface(kind, depth)
        found = [self.any_field(kind, depth) for _ in range(self.chance.choice((1, 2, 2, 3, 4)))]
        if self.chance.random() < 0.08:
            found.append(Part("__typename", "__typename"))
        if self.chance.random() < 0.1:
            condition = self.chance.choice(("...", f"... on {kind.name}"))
            found = [*found[:1], Part(condition, inner=found, directive=self.directive(0.3))]
        if self.chance.random() < 0.12:
            found.append(self.spread(kind, depth))
        if kind.interfaces and self.chance.random() < 0.05:
            found.append(Part("... on Node", inner=[Part("id", "id"), Part("nodeId: id", "nodeId")]))
        return found

    def of_interface(self, kind: GraphQLInterfaceType, depth: int) -> list[Part]:
        """Select something of each of several types; keys carry the type, so that no two types disagree."""
        possible = sorted(self.schema.get_possible_types(kind), key=lambda each: each.name)
        found = [Part("id", "id"), Part("__typename", "__typename")][: self.chance.randint(0, 2)]
        if self.chance.random() < 0.15:
            found.append(Part("... on Node", inner=[Part("id", "id"), Part("kind: __typename", "kind")]))
        likely = [self.schema.type_map["Case"], *self.chance.sample(possible, self.chance.randint(1, 4))]
        for each in likely:
            if not isinstance(each, GraphQLObjectType):
                continue
            if self.chance.random() < 0.2:
                found.append(self.spread(each, depth, each.name))
            else:
                count = self.chance.randint(1, 3)
                inner = [self.any_field(each, depth, each.name) for _ in range(count)]
                made = Part(f"... on {each.name}", inner=inner, directive=self.directive())
                found.append(Part("... on Node", inner=[made]) if self.chance.random() < 0.1 else made)
        return found

    def spread(self, kind: GraphQLObjectType, depth: int, prefix: str = "") -> Part:
        """Spread a named fragment, an earlier one where there is one for the type."""
        known = [
            name
            for name, made in self.made.fragments.items()
            if made.kind == kind.name and name.startswith(f"F{prefix}_")
        ]
        if known and self.chance.random() < 0.5:
            name = self.chance.choice(known)
        else:
            inner = [self.any_field(kind, depth + 1, prefix) for _ in range(self.chance.randint(1, 3))]
            name = f"F{prefix}_{len(self.made.fragments)}"
            self.made.fragments[name] = Fragment(kind.name, inner)
        return Part(f"...{name}", spread=name, directive=self.directive())

    def any_field(self, kind: GraphQLObjectType, depth: int, prefix: str = "") -> Part:
        """Choose a field; objects grow rarer the deeper they stand and the less is left."""
        leaves = [name for name, each in kind.fields.items() if is_leaf_type(get_named_type(each.type))]
        objects = [name for name in kind.fields if name not in leaves]
        deeper = objects and self.left > 0 and depth < DEEPEST and self.chance.random() < 0.45
        names = objects if deeper or not leaves else leaves
        name = self.chance.choices(names, [FAVOURED.get(name, 1) for name in names])[0]
        if name in RARE and self.chance.random() < 0.6:
            name = leaves[0] if leaves else name
        if not leaves and not deeper and depth >= DEEPEST:
            return Part("__typename", "__typename")
        declared = kind.fields[name]
        given: dict[str, Any] = {}
        if "last" in declared.args:
            given = self.values.paged(declared)
            if "filter" in declared.args and self.chance.random() < 0.4:
                given["filter"] = self.values.of(declared.args["filter"].type, (name, "filter"))
        elif "first" in declared.args and self.chance.random() < 0.4:
            given["first"] = self.chance.choice((1, 1, 2, 3, 100)) if self.chance.random() < 0.98 else 0
        if "unmasked" in declared.args and self.chance.random() < 0.3:
            given["unmasked"] = self.chance.random() < 0.1
        arguments = self.written(declared, given)
        key = prefix + name if prefix else name
        if arguments:
            key = f"{key}_{abs(hash_of(arguments)) % 1000}"
        elif self.chance.random() < 0.08:
            key = f"{key}Again"
        return self.part(name, key, declared, arguments, depth + 1)


def hash_of(arguments: list[tuple[str, str]]) -> int:
    """Give a number for arguments that is the same in every run."""
    return sum(ord(letter) * (place + 7) for place, letter in enumerate(str(arguments)))


def literal(value: Any) -> str:
    """Write a value as a literal of GraphQL."""
    if isinstance(value, Member):
        return str(value)
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {literal(part)}' for name, part in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    return json.dumps(value)


def all_roots(schema: GraphQLSchema) -> dict[str, float]:
    """Say how often each root field of a schema is asked for."""
    return {name: OFTEN.get(name, 1) for name in (schema.query_type.fields if schema.query_type else ())}


def write(schema: GraphQLSchema, chance: Random, values: Values, roots: Mapping[str, float]) -> Question:
    """Write a random document for somebody of a city; most are valid, the caller asks the rules."""
    return Writing(schema, chance, values, roots).question()
