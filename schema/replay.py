"""Telling a keyed mutation again: the first delivered answer of the field is kept before it leaves the door."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
import strawberry
from graphql import FragmentSpreadNode, GraphQLResolveInfo, Node, VariableNode, Visitor, print_ast, visit
from strawberry.types import ExecutionResult

from authz.actor import Actor
from casework.kernel.idempotency import fingerprint
from casework.kernel.replay import Telling, UsedKey, tell
from casework.kernel.work import Office


@dataclass
class KeyedFields:
    """The mutation fields of one request whose keyed deed stands, by the name they have in the answer."""

    tellings: dict[str, tuple[UsedKey, str]] = field(default_factory=dict)

    def note(self, info: strawberry.Info[Any, Any], used: UsedKey) -> None:
        """Note that this field answers for a used key."""
        self.tellings[str(info.path.key)] = (used, selection_of(info._raw_info, info.variable_values))


async def tell_first_answers(
    fields: KeyedFields, office: Office, actor: Actor | None, correlation_id: str, result: ExecutionResult
) -> None:
    """Put what was told first into the answer of every field that went well, and keep what is told for the first time."""
    if result.data is None or actor is None:
        return
    failed = {error.path[0] for error in result.errors or [] if error.path}
    tellings = {
        name: Telling(used, selection, orjson.dumps(result.data[name]).decode())
        for name, (used, selection) in fields.tellings.items()
        if name not in failed and result.data.get(name) is not None
    }
    if not tellings:
        return
    async with office.open(actor, correlation_id) as work:
        told = await tell(work, tuple(tellings.values()))
    for (name, telling), words in zip(tellings.items(), told, strict=True):
        if words != telling.data:
            result.data[name] = orjson.loads(words)


class Mentions(Visitor):
    """Collects the fragments and variables that a piece of a document speaks of."""

    def __init__(self) -> None:
        super().__init__()
        self.fragments: set[str] = set()
        self.variables: set[str] = set()

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        """Note a fragment."""
        self.fragments.add(node.name.value)

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        """Note a variable."""
        self.variables.add(node.name.value)


def selection_of(info: GraphQLResolveInfo[Any], values: Mapping[str, Any]) -> str:
    """Digest what is asked of a field: its selection with fragments, and the values of the variables in them.

    The arguments of the field itself are not part of it: what the verb made of them is the key's fingerprint.
    """
    pieces: list[Node] = [node.selection_set for node in info.field_nodes if node.selection_set]
    mentions, known = Mentions(), set[str]()
    for piece in pieces:
        visit(piece, mentions)
    while mentions.fragments - known:
        for name in sorted(mentions.fragments - known):
            known.add(name)
            pieces.append(info.fragments[name])
            visit(info.fragments[name], mentions)
    given = {name: repr(values[name]) for name in sorted(mentions.variables & values.keys())}
    return fingerprint("selection", [[print_ast(piece) for piece in pieces], given])
