"""Hold CIM grid models against SHACL shapes, profile by profile, and against the rules every set of models keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.resources.abc import Traversable

from adapter.codecs.rdf import CimTree
from adapter.grid.consistency import ILLEGAL, inconsistencies
from adapter.grid.engine import check
from adapter.grid.finding import Finding
from adapter.grid.graphs import graph
from adapter.grid.quiet import quiet
from adapter.grid.shape_files import choose, read_shapes
from adapter.grid.subject import Subject

Told = Callable[[int, int, str], None]


def _nobody(done: int, total: int, what: str) -> None:
    """Tell nobody."""


def validate(
    models: Sequence[tuple[str, CimTree]], shapes: Traversable | None = None, profiles: Mapping[str, Sequence[str]] | None = None, told: Told = _nobody
) -> list[Finding]:
    """All that is wrong in a set of models, (file name, decoded tree) each: our own rules, then the shapes of a folder.

    A model is held against the shape files about the profiles in its header (md:Model.profile), or those that *profiles*
    names for it. Beside it stand the objects of other models it refers to, but for shapes made from the profile itself, which
    know no class of another one. The findings are about its own objects. Nothing is fetched: owl:imports are not followed.
    *told* hears (steps done, steps in all, what comes next).
    *Raises* `UsageError` or `MappingError`: the folder holds no shapes, or no Turtle.
    """
    read = [Subject(name, tree) for name, tree in models]
    among: dict[str, list[Subject]] = {}
    for model in read:
        for iri in model.classes:
            among.setdefault(iri, []).append(model)
    files = read_shapes(shapes) if shapes is not None else []
    chosen = {model: choose(files, (profiles or {}).get(model.name, model.header.profiles)) for model in read if not model.difference}
    steps = [(model, file) for model, few in chosen.items() for file in few]
    told(0, len(steps) + 1, "our own rules")
    found = inconsistencies(read)
    if any(file.profiles for file in files):
        found += [_unshaped(model) for model in read if not any(file.profiles for file in chosen.get(model, ()))]
    for done, (model, file) in enumerate(steps, 1):
        told(done, len(steps) + 1, f"{model.name}: {file.name}")
        if done == 1 or model is not steps[done - 2][0]:
            with quiet():
                alone, beside = graph(model), graph(model, among)
        found += check(model, alone if file.alone else beside, file)
    told(len(steps) + 1, len(steps) + 1, "")
    return _once(found)


def _unshaped(model: Subject) -> Finding:
    header = "" if model.header.missing else model.header.id
    if model.difference:
        return model.finding(header, "", "", "shapes", "is a difference model; shapes are about full models, so apply it and send the result", "Info")
    named = ", ".join(model.header.profiles) or "no profile"
    return model.finding(header, "", "", "shapes", f"names {named}, and no file of the folder is about that; held against no profile", "Info")


def _once(found: Iterable[Finding]) -> list[Finding]:
    """The findings without those of our rule about texts that a shape reports too."""
    found = list(found)
    said = {(one.model, one.focus, one.path, one.value) for one in found if one.shape != ILLEGAL}
    return [one for one in found if one.shape != ILLEGAL or (one.model, one.focus, one.path, one.value) not in said]
