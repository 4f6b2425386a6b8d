"""Where the graphs of messages are kept and asked: on this machine (`LocalStore`), or behind a SPARQL 1.1 endpoint (`RemoteStore`)."""

from adapter.store.base import Limits, Store, Term
from adapter.store.local import LocalStore
from adapter.store.remote import RemoteStore

__all__ = ["Limits", "LocalStore", "RemoteStore", "Store", "Term"]
