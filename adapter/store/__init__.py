"""Where the graphs of messages are kept and asked: on this machine (`LocalStore`)."""

from adapter.store.base import Limits, Store, Term
from adapter.store.local import LocalStore

__all__ = ["Limits", "LocalStore", "Store", "Term"]
