"""``python scripts/diagnose.py``: the same as the command ``diagnose``."""

from intentlog.cli.diagnose import main

if __name__ == "__main__":
    main()
