"""Frames: the values of one message (wire side) or one exchange (graph side), nested as their scopes nest.

A scope is a place that repeats: the document itself, each TimeSeries, each option. A frame is one instance of
a scope. Columns of rows live in the frame that holds the rows, as lists of equal length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False)
class Scope:
    """One repeating place: its name, its variables, its columns (variable → rows name) and the scopes inside it."""

    name: str
    parent: Scope | None = None
    variables: set[str] = field(default_factory=set)
    columns: dict[str, str] = field(default_factory=dict)
    scopes: dict[str, Scope] = field(default_factory=dict)

    def child(self, name: str) -> Scope:
        scope = self.scopes[name] = Scope(name, self)
        return scope

    def owner(self, variable: str) -> Scope | None:
        """The innermost scope, from here outwards, that declares *variable*."""
        scope: Scope | None = self
        while scope is not None and variable not in scope.variables and variable not in scope.columns:
            scope = scope.parent
        return scope

    def find(self, name: str) -> Scope | None:
        """The scope *name*, here or further in."""
        if name == self.name:
            return self
        for child in self.scopes.values():
            found = child.find(name)
            if found is not None:
                return found
        return None

    def every(self) -> Iterator[Scope]:
        yield self
        for child in self.scopes.values():
            yield from child.every()

    def lineage(self) -> list[Scope]:
        """From the outermost scope to this one."""
        return [*(self.parent.lineage() if self.parent else []), self]


class Frame:
    """One instance of a scope. `path` is its place on the wire, for errors."""

    __slots__ = ("children", "index", "parent", "path", "scope", "values")

    def __init__(self, scope: Scope, parent: Frame | None = None, path: str = "") -> None:
        self.scope, self.parent, self.path, self.index = scope, parent, path, 1
        self.values: dict[str, Any] = {}
        self.children: dict[str, list[Frame]] = {}

    def get(self, variable: str) -> Any:
        """The value of *variable* here or in the frames around; None when it has none."""
        frame: Frame | None = self
        while frame is not None:
            if variable in frame.values:
                return frame.values[variable]
            frame = frame.parent
        return None

    def holding(self, rows: str) -> Iterator[Frame]:
        """The frames, this one and those inside it, that hold columns of *rows*."""
        if rows in self.scope.columns.values():
            yield self
        for children in self.children.values():
            for child in children:
                yield from child.holding(rows)

    def holder(self, variable: str) -> Frame:
        """The frame (this or one around it) whose scope declares *variable*."""
        frame: Frame = self
        while variable not in frame.scope.variables and variable not in frame.scope.columns and frame.parent is not None:
            frame = frame.parent
        return frame

    def add(self, name: str, path: str = "") -> Frame:
        """A new instance of the inner scope *name*, after those already there."""
        frame = Frame(self.scope.scopes[name], self, path)
        siblings = self.children.setdefault(name, [])
        siblings.append(frame)
        frame.index = len(siblings)
        return frame

    def clone(self, parent: Frame | None = None) -> Frame:
        """A copy whose values can be replaced without touching this frame (lists are shared, never changed in place)."""
        frame = Frame(self.scope, parent if parent is not None else self.parent, self.path)
        frame.values, frame.index = dict(self.values), self.index
        frame.children = {name: [child.clone(frame) for child in children] for name, children in self.children.items()}
        return frame

    def each(self, name: str) -> list[Frame]:
        return self.children.get(name, [])

    def all(self, scope: Scope) -> list[Frame]:
        """Every instance of *scope* below this frame (or this frame itself), in document order."""
        if scope is self.scope:
            return [self]
        below = [step for step in scope.lineage() if step not in self.scope.lineage()]
        frames = [self]
        for step in below:
            frames = [child for frame in frames for child in frame.each(step.name)]
        return frames

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Frame) and self.plain() == other.plain()

    __hash__ = None  # type: ignore[assignment]

    def plain(self) -> dict[str, Any]:
        """The content as plain dicts and lists, without what is None or empty: what laws compare."""
        content: dict[str, Any] = {
            name: value for name, value in self.values.items() if value is not None and not (isinstance(value, list) and all(v is None for v in value))
        }
        for name, frames in self.children.items():
            if frames:
                content[name + "[]"] = [frame.plain() for frame in frames]
        return content

    def __repr__(self) -> str:
        return f"Frame({self.scope.name}, {self.plain()!r})"
