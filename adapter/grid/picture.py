"""A feeder as a one-line diagram: plain SVG on a white ground, with a title, a legend of zones and all texts escaped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from adapter.grid.layout import Layout, layout
from adapter.grid.one_line import Branch, OneLine
from adapter.names import SVG
from adapter.relations.identifiers import bare_mrid

COLUMN, ROW, LINE, LEFT, TOP = 150, 92, 18, 40, 150  # pixels: a column, a row, a line of text, the margin, where the main line runs
SHOWN = 22  # letters of a name that fit into a column
COLOURS = ("#0072b2", "#c04f00", "#00795a", "#8f4a8a", "#806000", "#b3003c", "#3d5a80", "#5c4033")  # each holds white digits
STYLE = (
    "text{font:11px sans-serif;fill:#222}.title{font-size:18px;font-weight:bold}.soft{fill:#666}.open{fill:#b3003c}.mark{fill:#fff;font-size:9px;font-weight:bold}"
    "line,circle,.box{stroke:#333;stroke-width:1.5;fill:none}.bar{stroke-width:4}.low{stroke:#888;stroke-width:1}.lifted{stroke:#b3003c;stroke-width:2}.full{fill:#333}"
)


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection as it is drawn: its code, its name, and the codes of its zones."""

    code: str
    name: str
    zones: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """What one feeder's part of a picture says; *names*: of equipment and nodes, *connections*: by the equipment or node they hang on."""

    feeder: OneLine
    title: str
    substation: str
    names: Mapping[str, str]
    connections: Mapping[str, Sequence[Connection]]
    beyond: Mapping[str, str] = field(default_factory=dict)  # what supplies the node behind an open switch
    opened: frozenset[str] = frozenset()


def picture(sheets: Sequence[Sheet], title: str, moment: str, zones: Mapping[str, str]) -> str:
    """The SVG document of some feeders, one below the other; *zones*: code → name, in the order of the legend."""
    marks = {code: (str(number), COLOURS[(number - 1) % len(COLOURS)]) for number, code in enumerate(zones, 1)}
    body, width, y = list[str](), 420, 64 + LINE * len(zones)
    for sheet in sheets:
        drawn = _Drawing(sheet, marks, y)
        body += drawn.lines()
        width, y = max(width, drawn.width), drawn.bottom + 30
    head = [f'<text x="{LEFT}" y="32" class="title">{escape(title)}</text>', f'<text x="{LEFT}" y="50" class="soft">at {escape(moment)}</text>']
    for at, (code, name) in enumerate(zones.items()):
        said = f"{code} ({name})" if name and name != code else code
        head += [*_mark(LEFT, 68 + LINE * at, marks[code]), f'<text x="{LEFT + 20}" y="{72 + LINE * at}">{escape(said)}</text>']
    size = f'width="{width}" height="{y}" viewBox="0 0 {width} {y}"'
    opening = f'<svg xmlns="{SVG}" {size} role="img">\n<title>{escape(title)}</title>\n<style>{STYLE}</style>\n'
    ground = f'<rect width="{width}" height="{y}" fill="#fff"/>'
    return opening + "\n".join([ground, *head, *body]) + "\n</svg>\n"


def _mark(x: int, y: int, mark: tuple[str, str]) -> list[str]:
    """The small square of a zone with its number."""
    number, colour = mark
    return [
        f'<rect x="{x}" y="{y - 6}" width="14" height="12" rx="2" fill="{colour}"/>',
        f'<text x="{x + 7}" y="{y + 3}" class="mark" text-anchor="middle">{number}</text>',
    ]


class _Drawing:
    """One feeder, with its upper edge at *top*."""

    def __init__(self, sheet: Sheet, marks: Mapping[str, tuple[str, str]], top: int) -> None:
        self.sheet, self.marks, self.top = sheet, marks, top
        self.places: Layout = layout(sheet.feeder)
        self.width = 2 * LEFT + max(3, self.places.columns) * COLUMN
        self.bottom = top + TOP + 40

    def lines(self) -> Iterator[str]:
        """Substation, heads, then node after node."""
        sheet, feeder = self.sheet, self.sheet.feeder
        wide = max((self.places.at[node][0] for node, _ in feeder.heads), default=0) * COLUMN + COLUMN
        yield f'<rect x="{LEFT - 14}" y="{self.top + 16}" width="{wide}" height="26" class="box"/>'
        yield self._text(LEFT - 6, self.top + 33, sheet.substation, "")
        yield self._text(LEFT + wide, self.top + 33, f"feeder {sheet.title}", "soft", 60)
        for node, before in feeder.heads:
            x, y = self._xy(self.places.at[node])
            state = "open" if before in sheet.opened else ""
            yield from self._branch(Branch(before, "switch", node, state), (x, self.top + 42), (x, y))
        for node in feeder.branches:
            yield from self._node(node)

    def _node(self, node: str) -> Iterator[str]:
        (x, y), reach = self._xy(self.places.at[node]), LEFT + self.places.reach[node] * COLUMN
        self.bottom = max(self.bottom, y + 30)
        yield f'<line x1="{x - 8}" y1="{y}" x2="{max(reach, x) + 8}" y2="{y}" class="bar"/>'
        yield from self._standing(node, x, y)
        for branch in self.sheet.feeder.branches[node]:
            column, row = self._xy(self.places.place(branch))
            self.bottom = max(self.bottom, row + 30)
            yield from self._branch(branch, (max(reach, x), y) if row == y else (column, y), (column, row))

    def _standing(self, node: str, x: int, y: int) -> Iterator[str]:
        """What stands at a node, a line each: a connection with its zones, other equipment by its name."""
        hung = [(node, one) for one in self.sheet.connections.get(node, ())]
        for equipment in self.sheet.feeder.standing[node]:
            hung += [(equipment, one) for one in self.sheet.connections.get(equipment, ())] or [(equipment, None)]  # type: ignore[list-item]
        for at, (place, one) in enumerate(hung, 1):
            line = y + 10 + LINE * at
            yield f'<line x1="{x}" y1="{y if at == 1 else line - LINE}" x2="{x}" y2="{line}" class="low"/>'
            yield f'<line x1="{x}" y1="{line}" x2="{x + 8}" y2="{line}" class="low"/>'
            yield from self._leaf(place, one, x + 8, line)
            self.bottom = max(self.bottom, line + 20)

    def _leaf(self, place: str, one: Connection | None, x: int, y: int) -> Iterator[str]:
        name = self.sheet.names.get(place, "")
        what, told = ("connection", f"{one.code} {one.name}".strip()) if one is not None else ("equipment", name or bare_mrid(place))
        yield f'<g class="{what}" data-id="{escape(one.code if one is not None else bare_mrid(place))}"><title>{escape(told)}</title>'
        for zone in one.zones if one is not None else ():
            yield from _mark(x, y, self.marks[zone])
            x += 16
        if one is None or not one.zones:
            yield f'<rect x="{x}" y="{y - 5}" width="10" height="10" class="box low"/>'
            x += 14
        yield self._text(x + 2, y + 4, one.code if one is not None else told, "" if one is not None else "soft")
        yield "</g>"

    def _branch(self, branch: Branch, begin: tuple[int, int], end: tuple[int, int]) -> Iterator[str]:
        """A branch from left to right, or from top to bottom, with its sign in the middle and its name beside."""
        (x1, y1), (x2, y2) = begin, end
        level, name = y1 == y2, self.sheet.names.get(branch.equipment) or bare_mrid(branch.equipment)
        x, y = (x1 + x2) // 2, (y1 + y2) // 2
        gap = {"transformer": 16, "regulator": 16, "switch": 8}.get(branch.kind, 0)
        across, down = (gap, 0) if level else (0, gap)
        last = (x2, y2) if branch.node else ((x + x2) // 2, y2) if level else (x2, (y + y2) // 2)
        kind = f"{branch.kind} {branch.state}".strip()
        yield f'<g class="{kind}" data-id="{escape(bare_mrid(branch.equipment))}"><title>{escape(f"{name} {branch.state}".strip())}</title>'
        yield f'<line x1="{x1}" y1="{y1}" x2="{x - across}" y2="{y - down}"/><line x1="{x + across}" y1="{y + down}" x2="{last[0]}" y2="{last[1]}"/>'
        yield from _sign(branch, x, y, level)
        at, under, anchor = ((x, y - 14), (x, y + 24), "middle") if level else ((x + 18, y + 4), (x + 18, y + 17), "start")
        yield self._text(*at, name, "", anchor=anchor)
        if branch.state:
            yield self._text(*under, self._ending(branch), "open" if branch.state == "open" else "soft", anchor=anchor)
        yield "</g>"

    def _ending(self, branch: Branch) -> str:
        said = {"open": "open", "out": "out of service", "ring": "ring"}[branch.state]
        there = self.sheet.beyond.get(branch.beyond, "")
        return f"{said}, to {there}" if there else said

    def _xy(self, place: tuple[int, int]) -> tuple[int, int]:
        return LEFT + place[0] * COLUMN, self.top + TOP + place[1] * ROW

    @staticmethod
    def _text(x: int, y: int, text: str, style: str, most: int = SHOWN, anchor: str = "start") -> str:
        shown = text if len(text) <= most else text[: most - 1] + "…"
        return f'<text x="{x}" y="{y}" class="{style}" text-anchor="{anchor}">{escape(shown)}</text>'


def _sign(branch: Branch, x: int, y: int, level: bool) -> Iterator[str]:
    """The sign of equipment: two rings for a transformer, a square for a switch (full: closed), a cross for what is out of service."""
    if branch.kind in ("transformer", "regulator"):
        for shift in (-6, 6):
            yield f'<circle cx="{x + shift * level}" cy="{y + shift * (not level)}" r="10"/>'
    elif branch.kind == "switch":
        yield f'<rect x="{x - 8}" y="{y - 8}" width="16" height="16" class="box {"lifted" if branch.state == "open" else "full"}"/>'
    if branch.state == "out":
        yield f'<line x1="{x - 7}" y1="{y - 7}" x2="{x + 7}" y2="{y + 7}" class="lifted"/><line x1="{x - 7}" y1="{y + 7}" x2="{x + 7}" y2="{y - 7}" class="lifted"/>'
