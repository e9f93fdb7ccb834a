"""Rows that a statement locks in a certain order, or passes over where others hold them, before it changes them."""

from typing import Any, Self

from sqlalchemy import Boolean, Column, Select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class among(FunctionElement[bool]):  # noqa: N801 -- it reads as the SQL function that it stands for
    """Whether ``column`` is one of what ``locked`` selects.

    PostgreSQL asks ``locked`` once, and first. As an IN it is a join to the planner, which may go through all the rows
    that the rest of the statement allows, and ask anew for each: 64 of 7,500 waiting jobs were claimed in 180 ms.
    """

    inherit_cache = True
    type = Boolean()

    def __init__(self, column: Column[Any], locked: Select[Any]) -> None:
        super().__init__(column, locked.scalar_subquery())

    def self_group(self, against: object = None) -> Self:  # noqa: ARG002 -- SQLAlchemy's
        """Itself: as another function it would stand as ``... = 1`` in a WHERE, for which SQLite has no index."""
        return self


@compiles(among)
def _in(element: among, compiler: SQLCompiler, **options: Any) -> str:
    column, locked = element.clauses
    return f"{compiler.process(column, **options)} IN {compiler.process(locked, **options)}"


@compiles(among, "postgresql")
def _any_of_array(element: among, compiler: SQLCompiler, **options: Any) -> str:
    column, locked = element.clauses
    return f"{compiler.process(column, **options)} = ANY (ARRAY{compiler.process(locked, **options)})"
