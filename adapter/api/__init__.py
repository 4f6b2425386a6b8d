"""The hub over HTTP: routes under /v1, one file per group of them. A route reads a request, calls the hub, and writes what it says; it decides nothing itself."""
