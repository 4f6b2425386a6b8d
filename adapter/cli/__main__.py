"""The command line as `python -m adapter.cli`."""

from adapter.cli import main

if __name__ == "__main__":
    main()
