"""Follows a verb through the code and tells whether it ever comes back without having asked for permission.

Read statically: a statement is followed only where it is certain to run. The body of a loop may run never, the second
half of an `and` may not run, so a question asked only there does not count; a branch that raises needs no permission,
because nothing was done.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable
from types import FunctionType, ModuleType
from typing import Any

from authz.decide import decide
from casework.kernel.work import Work

ASKS = frozenset({"require", "decide"})
"""The methods of Work that put the question to the permission table; no other class has methods of these names."""

assert vars(Work).keys() >= ASKS


class NotAsked(Exception):
    """A way through the function comes back without having asked."""


def syntax_of(function: Callable[..., Any]) -> ast.FunctionDef | ast.AsyncFunctionDef:
    """Give the syntax tree of one function."""
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    return node


def resolve(node: ast.expr, names: dict[str, Any]) -> Any:
    """Find what a name, or a name inside a module, stands for; None when only the running program knows."""
    if isinstance(node, ast.Name):
        found = names.get(node.id)
        return inspect.unwrap(found) if isinstance(found, FunctionType) else found
    if isinstance(node, ast.Attribute):
        module = resolve(node.value, names)
        return getattr(module, node.attr, None) if isinstance(module, ModuleType) else None
    return None


class Asking:
    """Remembers of every function it met whether all ways through it ask."""

    def __init__(self) -> None:
        self._known: dict[FunctionType, bool] = {decide: True}

    def always(self, function: FunctionType) -> bool:
        """Tell whether every way through the function that comes back has asked before."""
        if function not in self._known:
            self._known[function] = False  # a function that calls itself proves nothing by that
            try:
                node = syntax_of(function)
                self._known[function] = Body(self, function.__globals__).run(node.body, False) is not False
            except NotAsked:
                self._known[function] = False
        return self._known[function]


class Body:
    """The ways through one function; `asked` is what is certain at a point, None a point never reached."""

    def __init__(self, asking: Asking, names: dict[str, Any]) -> None:
        self.asking = asking
        self.names = names

    def run(self, statements: Iterable[ast.stmt], asked: bool) -> bool | None:
        """Follow statements in their order; raises when one of them returns unasked."""
        for statement in statements:
            after = self.step(statement, asked)
            if after is None:
                return None
            asked = after
        return asked

    def step(self, statement: ast.stmt, asked: bool) -> bool | None:
        """Follow one statement."""
        match statement:
            case ast.Raise():
                return None
            case ast.Return(value=value):
                if not (asked or self.asks(value)):
                    raise NotAsked
                return None
            case ast.If(test=test, body=body, orelse=orelse):
                asked = asked or self.asks(test)
                return joined(self.run(body, asked), self.run(orelse, asked))
            case ast.For(iter=before, body=body) | ast.AsyncFor(iter=before, body=body):
                asked = asked or self.asks(before)
                self.run(body, asked)
                return asked
            case ast.While(test=before, body=body):
                asked = asked or self.asks(before)
                self.run(body, asked)
                return asked
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                return self.run(body, asked or any(self.asks(item.context_expr) for item in items))
            case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
                ended = self.run([*body, *orelse], asked)
                handled = [self.run(handler.body, asked) for handler in handlers]
                left = joined(ended, *handled)
                return None if left is None else self.run(final, left)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return asked
        return asked or self.asks(statement)

    def asks(self, node: ast.AST | None) -> bool:
        """Tell whether an expression asks whenever it is evaluated."""
        match node:
            case None | ast.Lambda():
                return False
            case ast.BoolOp(values=[first, *_]):
                return self.asks(first)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self.asks(test) or (self.asks(body) and self.asks(orelse))
            case ast.Call(func=func):
                if self.is_question(func):
                    return True
        return any(self.asks(child) for child in ast.iter_child_nodes(node))

    def is_question(self, called: ast.expr) -> bool:
        """Tell whether calling this asks."""
        if isinstance(called, ast.Attribute) and called.attr in ASKS:
            return True
        found = resolve(called, self.names)
        return isinstance(found, FunctionType) and self.asking.always(found)


def joined(*ends: bool | None) -> bool | None:
    """Say what is certain where ways meet again."""
    reached = [end for end in ends if end is not None]
    return all(reached) if reached else None
