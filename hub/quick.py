"""A connection for folding: it runs statements it knows by text compiled once, and asks nothing twice.

Folding a record asks the same few hundred statements a million times, and mostly of tables that the entry did not
touch: which constitution is in force, whose grant a warrant is. What was read is *kept* until its table is written, by
whatever statement; one of which it cannot be said what it writes lets everything go. So every check is asked as it
always is and answers the same: ``tests/test_quick.py`` folds with and without.

A statement is known from the second time that the very same object is run: a module's own. One that is built for a
single call goes the usual way. It is for one unit of work that nobody else writes beside: a fold into a store of its
own. A value that somebody could change in place (JSON) is not kept.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect, IteratorResult
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.sql import visitors

MOST = 2000  # answers kept of one statement
LONGEST = 20  # of a list among parameters; a longer one goes the usual way
Taken = Callable[[Mapping[str, Any]], Any]
Rows = list[tuple[Any, ...]]

PLAIN = (sa.Select, sa.CompoundSelect, sa.Insert, sa.Update, sa.Delete)

_KNOWN: weakref.WeakKeyDictionary[Any, Known] = weakref.WeakKeyDictionary()


class Plan:
    """A statement as the driver takes it. reads, writes: tables; take: makes the driver's values of parameters.

    It holds no statement: one that nobody has any more takes its plan with it.
    """

    def __init__(self, statement: Any, text: str, take: Taken, dialect: Dialect) -> None:
        self.text, self.take = text, take
        self.writes = statement.table if statement.is_dml else None
        self.reads = frozenset(_tables(statement))
        first: Any = statement.selects[0] if isinstance(statement, sa.CompoundSelect) else statement
        columns: list[Any] = [] if statement.is_dml else first.column_descriptions
        self.shape = SimpleResultMetaData([column["name"] for column in columns])
        self._types = [column["type"].dialect_impl(dialect) for column in columns]
        self.keeps = not any(isinstance(kind, sa.JSON) for kind in self._types)
        self._processors: list[tuple[int, Callable[[Any], Any]]] | None = None

    def read(self, cursor: Any, dialect: Dialect) -> Rows:
        """Returns a cursor's rows, each value as its column's type gives it."""
        if self._processors is None:
            told = [one[1] for one in cursor.description]
            found = [kind.result_processor(dialect, code) for kind, code in zip(self._types, told, strict=True)]
            self._processors = [(place, process) for place, process in enumerate(found) if process is not None]
        rows: Rows = cursor.fetchall()
        return [self._processed(row, self._processors) for row in rows] if self._processors else rows

    @staticmethod
    def _processed(row: Iterable[Any], processors: list[tuple[int, Callable[[Any], Any]]]) -> tuple[Any, ...]:
        values = list(row)
        for place, process in processors:
            values[place] = process(values[place])
        return tuple(values)


class Known:
    """What is known of a statement that was run before. grows: its parameters that are lists; plans: by parameters."""

    def __init__(self) -> None:
        self.grows: tuple[str, ...] | None = None
        self.plans: dict[Any, Plan | None] = {}

    def plan(self, statement: Any, parameters: Mapping[str, Any], dialect: Dialect) -> Plan | None:
        """Returns how it is run with parameters of these names and lengths; None: the usual way."""
        if self.grows is None:
            usual = not isinstance(statement, PLAIN)
            self.grows = () if usual else _lists(statement, dialect)
        lengths = tuple([len(parameters[name]) for name in self.grows if name in parameters])
        key = (dialect.name, *parameters, *lengths)
        if key not in self.plans:
            usual = not isinstance(statement, PLAIN) or max(lengths, default=0) > LONGEST
            self.plans[key] = None if usual else _plan(statement, parameters, dialect)
        return self.plans[key]


def plan_of(statement: Any, parameters: Mapping[str, Any], dialect: Dialect) -> Plan | None:
    """Returns how a statement is run from its second time on; None: the usual way."""
    known = _KNOWN.get(statement)
    if known is None:
        _KNOWN[statement] = Known()
        return None
    return known.plan(statement, parameters, dialect)


def known() -> list[list[Plan | None]]:
    """Returns the plans of every statement that is known: for whoever checks them."""
    return [list(one.plans.values()) for one in _KNOWN.values()]


def _lists(statement: Any, dialect: Dialect) -> tuple[str, ...]:
    return tuple(bind.key for bind in statement.compile(dialect=dialect).post_compile_params)


def _plan(statement: Any, parameters: Mapping[str, Any], dialect: Dialect) -> Plan | None:
    """Makes a plan, where every value comes by name and nothing is given back by what was written."""
    writes = statement.is_dml
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(parameters) if writes else None)
    gives = writes and (compiled.insert_prefetch or compiled.update_prefetch or compiled.effective_returning)
    lacks = any(bind.callable or (bind.required and name not in parameters) for name, bind in compiled.binds.items())
    if gives or lacks or compiled.literal_execute_params:
        return None
    state = compiled.construct_expanded_state(dict(parameters))
    return Plan(statement, state.statement, _taker(compiled, state, dialect), dialect)


def _taker(compiled: Any, state: Any, dialect: Dialect) -> Taken:
    """Returns what makes the driver's values out of parameters: a tuple in order, or for PostgreSQL by name."""
    fixed = compiled.construct_params({}, _check=False)
    kinds = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()}
    places = {one: (name, at) for name, many in state.parameter_expansion.items() for at, one in enumerate(many)}
    order = state.positiontup if state.positiontup is not None else list(state.parameters)
    steps = [(*places.get(one, (one, None)), kinds[places.get(one, (one, None))[0]]) for one in order]

    def values(parameters: Mapping[str, Any]) -> list[Any]:
        found = []
        for name, at, process in steps:
            value = parameters[name] if name in parameters else fixed[name]
            value = value if at is None else value[at]
            found.append(value if process is None else process(value))
        return found

    if state.positiontup is not None:
        return lambda parameters: tuple(values(parameters))
    return lambda parameters: dict(zip(order, values(parameters), strict=True))


def _tables(statement: Any) -> Iterator[sa.Table]:
    """Yields every table that a statement looks at, also in the selects inside it."""
    for part in visitors.iterate(statement):
        found = part if isinstance(part, sa.Table) else getattr(part, "table", None)
        if isinstance(found, sa.Table):
            yield found


class Done:
    """What is left of a statement that wrote. rowcount: how many rows."""

    def __init__(self, rowcount: int) -> None:
        self.rowcount = rowcount


class Quick(Connection):
    """A unit of work that folds. It is begun, as one that writes, before its first statement."""

    def __init__(self, engine: sa.Engine) -> None:
        super().__init__(engine)
        self._kept: dict[Plan, dict[Any, Rows]] = {}
        self._readers: dict[Any, list[dict[Any, Rows]]] = {}
        self._cursor: Any = None

    def execute(self, statement: Any, parameters: Any = None, **more: Any) -> Any:
        """Runs a statement, as Connection.execute does; of one that wrote, how many rows is all that is left."""
        rows = parameters if isinstance(parameters, (list, tuple)) and parameters else [parameters or {}]
        plan = None if more else plan_of(statement, rows[0], self.dialect)
        if plan is None:
            found = super().execute(statement, parameters, **more)
            self._forget(statement)
            return found
        if plan.writes is None:
            return IteratorResult(plan.shape, iter(self._ask(plan, rows[0])))
        values = [plan.take(row) for row in rows]
        return Done(self.write(plan.writes, plan.text, values).rowcount)

    def scalar(self, statement: Any, parameters: Any = None, **more: Any) -> Any:
        """Returns the first column of the first row, or None."""
        plan = None if more else plan_of(statement, parameters or {}, self.dialect)
        if plan is None or plan.writes is not None:
            return self.execute(statement, parameters, **more).scalar()
        rows = self._ask(plan, parameters or {})
        return rows[0][0] if rows else None

    def scalars(self, statement: Any, parameters: Any = None, **more: Any) -> Any:
        """Returns the first column of every row."""
        return self.execute(statement, parameters, **more).scalars()

    def exec_driver_sql(self, statement: str, parameters: Any = None, execution_options: Any = None) -> Any:
        """Runs text, of which nobody knows what it writes."""
        self._let_go()
        return super().exec_driver_sql(statement, parameters, execution_options)

    def write(self, table: Any, text: str, rows: Sequence[Any]) -> Any:
        """Runs text that writes one table, once for each row: values as the driver takes them."""
        self._wrote(table)
        return self._run(text, rows if len(rows) > 1 else rows[0], many=len(rows) > 1)

    def _ask(self, plan: Plan, parameters: Mapping[str, Any]) -> Rows:
        """Returns what a statement reads: as it was kept, or read now and kept."""
        kept = self._kept.get(plan)
        if kept is None:
            kept = self._kept[plan] = {}
            for table in plan.reads:
                self._readers.setdefault(table, []).append(kept)
        values = plan.take(parameters)
        key = values if isinstance(values, tuple) else tuple(map(_hashable, values.values()))
        found = kept.get(key)
        if found is None:
            if len(kept) >= MOST:
                kept.clear()
            found = plan.read(self._run(plan.text, values), self.dialect)
            if plan.keeps:
                kept[key] = found
        return found

    def _run(self, text: str, values: Any, *, many: bool = False) -> Any:
        if self._cursor is None:
            self._cursor = self.connection.cursor()
        raised = self.dialect.loaded_dbapi.Error
        try:
            (self._cursor.executemany if many else self._cursor.execute)(text, values)
        except raised as problem:
            wrapped = sa.exc.DBAPIError.instance(
                text, None, problem, raised, hide_parameters=True, dialect=self.dialect
            )
            raise wrapped from problem
        return self._cursor

    def _forget(self, statement: Any) -> None:
        """Lets go of what a statement that went the usual way may have changed."""
        if isinstance(statement, (sa.Insert, sa.Update, sa.Delete)):
            self._wrote(statement.table)
        elif not isinstance(statement, (sa.Select, sa.CompoundSelect)):
            self._let_go()

    def _wrote(self, table: Any) -> None:
        for kept in self._readers.get(table, ()):
            kept.clear()

    def _let_go(self) -> None:
        for kept in self._kept.values():
            kept.clear()


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
