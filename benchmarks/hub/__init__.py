"""The hub by itself, on disk: rates, disk, memory, questions, start-up, and HTTP. `gridglot bench --hub`, `python -m benchmarks.hub`."""
