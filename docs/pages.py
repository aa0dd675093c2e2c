"""Writes every page that is made of something else: ``make docs``; ``--check`` only compares."""

import sys
from pathlib import Path

from docs import construct_pages, contract_reference, manual_page, security_tables

DOCS = Path(__file__).parent


def pages() -> dict[str, str]:
    """Return the pages' texts by their files in ``docs/``."""
    written = contract_reference.pages() | construct_pages.pages() | security_tables.pages()
    return written | manual_page.pages()


def stale(written: dict[str, str]) -> list[str]:
    """Return the files that are not as they would be written, or that nothing writes any more."""
    different = [
        name
        for name, text in written.items()
        if not (DOCS / name).is_file() or (DOCS / name).read_text(encoding="utf-8") != text
    ]
    folder = DOCS / construct_pages.FOLDER
    there = {page.relative_to(DOCS).as_posix() for page in folder.glob("*.md")}
    return [*different, *sorted(there - set(written))]


def main() -> None:
    """Write the pages, or say which differ and end with exit code 1."""
    written = pages()
    changed = stale(written)
    if "--check" in sys.argv[1:]:
        sys.stdout.writelines(f"docs/{name} is not what `make docs` writes\n" for name in changed)
        raise SystemExit(1 if changed else 0)
    for name in changed:
        if name in written:
            (DOCS / name).write_text(written[name], encoding="utf-8")
            sys.stdout.write(f"wrote docs/{name}\n")
        else:
            (DOCS / name).unlink()
            sys.stdout.write(f"removed docs/{name}\n")


if __name__ == "__main__":
    main()
