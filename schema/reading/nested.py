"""Plans relations that are read page by page: one page for each row above, of the rows that point to it."""

from collections.abc import Sequence

from graphql import FieldNode, GraphQLField, GraphQLObjectType

from schema.reading.frames import Frame, Scope
from schema.reading.pages import page_of
from schema.reading.roots import Asked
from schema.reading.sources import SOURCE, Nested
from schema.reading.values import definition_of
from schema.reading.writer import Writer


class NestingWriter(Writer):
    """One statement in the making, with pages below its root."""

    def field(self, kind: GraphQLObjectType, asked: Sequence[FieldNode], frame: Frame) -> str:
        """Write the program that gives the value of one field."""
        field = kind.fields.get(asked[0].name.value)
        source = None if field is None else definition_of(field).metadata.get(SOURCE)
        if field is None or not isinstance(source, Nested):
            return super().field(kind, asked, frame)
        return self._page(field, asked, source, frame)

    def _page(self, field: GraphQLField, asked: Sequence[FieldNode], source: Nested, frame: Frame) -> str:
        """Write one page: PostgreSQL reads it anew for each row above, by the column that points to that row."""
        scope = Scope(frame.scope.depth + 1, above=[*frame.scope.above, *frame.scope.sources])
        wanted = Asked(field, asked, self.arguments.of(field, asked[0]))
        page, paging = page_of(source.rows, wanted, self, scope, source.owner == frame.column("id"))
        return f"{self.constant(paging)}({frame.scope.place(page)}, lens)"
