"""Contents that became instances of one scope each, back together: those that say the same of it stand in one."""

from __future__ import annotations

from adapter.frames import Frame


def gather(frame: Frame, name: str) -> None:
    """Join the instances of the scope *name*, wherever it stands below *frame*, that hold equal values; what stands inside them keeps its order."""
    for inner, children in frame.children.items():
        if inner == name:
            frame.children[inner] = _joined(children)
        for child in frame.children[inner]:
            gather(child, name)


def _joined(frames: list[Frame]) -> list[Frame]:
    found: list[Frame] = []
    for frame in frames:
        home = next((other for other in found if other.values == frame.values), None)
        if home is None:
            found.append(frame)
            frame.index = len(found)
            continue
        for inner, children in frame.children.items():
            for child in children:
                child.parent = home
                home.children.setdefault(inner, []).append(child)
                child.index = len(home.children[inner])
    return found
