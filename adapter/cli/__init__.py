"""The command line. Exit codes: 0 done, 1 refused (reasons on stderr), 2 unreadable or unknown."""

from __future__ import annotations

from adapter.cli.common import app
from adapter.cli.hub import query, receive
from adapter.cli.mappings import check, coverage, scaffold
from adapter.cli.messages import lift, lower, translate, validate
from adapter.cli.partners import partners
from adapter.cli.play import bench, demo
from adapter.cli.serve import send, serve
from adapter.cli.store import store

__all__ = ["app", "main"]

COMMANDS = (translate, lift, lower, validate, coverage, scaffold, check, partners, serve, send, receive, query, store, bench, demo)  # in the order of the help

for command in COMMANDS:
    app.command()(command)


def main() -> None:
    """Entry point of the command `gridglot`."""
    app()
