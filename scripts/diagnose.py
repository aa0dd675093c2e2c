"""``python scripts/diagnose.py``: the same as the command ``diagnose``."""

from intentlog.cli.start import diagnose

if __name__ == "__main__":
    diagnose()
