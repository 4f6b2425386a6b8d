"""The fence around cimpy: found only when needed, silent, and nothing it raises gets through as it is."""

from __future__ import annotations

import importlib
import logging
import pkgutil
import threading
from collections.abc import Callable, Mapping
from functools import cache
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from adapter.errors import BridgeError, Fault, HubError, UsageError

if TYPE_CHECKING:
    from cimpy.cgmes_v2_4_15.Base import Base

VERSION = "cgmes_v2_4_15"  # the one version of CGMES that cimpy 1.1.0 has classes for
_NO_ATTRIBUTES = ("Base",)
_lock = threading.Lock()  # cimpy keeps what it reads in its classes, too

P = ParamSpec("P")
T = TypeVar("T")


def fenced(doing: str, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call into cimpy: one call at a time, its log switched off, since what it says there is found by comparing instead.

    *Raises* `BridgeError` for whatever cimpy raises, `SystemExit` included; only `KeyboardInterrupt` passes.
    """
    log = logging.getLogger("cimpy")
    with _lock:
        before = log.level
        log.setLevel(logging.CRITICAL + 1)
        try:
            return call(*args, **kwargs)
        except (KeyboardInterrupt, HubError):
            raise
        except BaseException as error:
            says = f"cimpy gave up while it {doing}: {type(error).__name__}: {error}"
            raise BridgeError(Fault("", says), "Nothing it made is used. Read the files as grid models, without cimpy.") from error
        finally:
            log.setLevel(before)


def library() -> ModuleType:
    """The package cimpy. *Raises* `UsageError` where the extra is not installed."""
    if find_spec("cimpy") is None:
        raise UsageError("cimpy is not installed, and the view of a grid as cimpy's objects needs it", "Run: pip install 'gridglot[cim]'")
    return fenced("was loaded", importlib.import_module, "cimpy")


@cache
def classes() -> frozenset[str]:
    """The names of the classes that cimpy has."""
    package = fenced("was loaded", importlib.import_module, f"{library().__name__}.{VERSION}")
    return frozenset(found.name for found in pkgutil.iter_modules(package.__path__)) - set(_NO_ATTRIBUTES)


@cache
def blank(name: str) -> Base:
    """An object of the class as cimpy makes it, all values those it takes for not said; not to be changed."""
    module = fenced("was loaded", importlib.import_module, f"{library().__name__}.{VERSION}.{name}")
    made: Base = fenced(f"made a {name}", getattr(module, name))
    return made


def defaults(name: str) -> Mapping[str, object]:
    """Attribute → cimpy's default, of a class that is one of `classes()`."""
    values: Mapping[str, object] = vars(blank(name))
    return values
