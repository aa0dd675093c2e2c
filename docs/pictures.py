"""Takes the pictures of the pages: ``python -m docs.pictures``; needs a Chromium.

Each is a page that a command writes of the same lines or of the same event. Fonts differ from
machine to machine, so the pictures are looked at and committed, not compared.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

DOCS = Path(__file__).parent
ROOT = DOCS.parent
IMAGES = DOCS / "images"
KINDS = ("slack", "teams", "discord", "google-chat", "pagerduty", "webhook", "email")
_CONTRACT = ("--contract", "contracts/drawing-agent.toml")
_MORNING = "docs/morning.log"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_DIGEST_WIDTH = 720
_PAGE_WIDTH = 1368
_MEASURE = "<script>document.title = document.body.offsetHeight</script></body>"


def main() -> None:
    """Take every picture, or say why not."""
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        sys.stdout.write(f"no pictures taken: none of {', '.join(_BROWSERS)} is installed\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        for name, width, command in commands(Path(folder)):
            arguments = [str(Path(sys.executable).with_name(command[0])), *command[1:]]
            subprocess.run(arguments, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)  # noqa: S603 -- our own
            take(browser, Path(command[-1]), IMAGES / f"{name}.png", width)
            sys.stdout.write(f"wrote docs/images/{name}.png\n")


def commands(folder: Path) -> Iterator[tuple[str, int, list[str]]]:
    """Yield each picture's name and width, and what writes its page, which comes last."""
    for kind in KINDS:
        to = ["--to", kind, *_CONTRACT, "--example-lines", "--html", str(folder / f"{kind}.html")]
        digest = ["intentlog", "digest", "preview", "docs/examples/alarms.json", *to]
        yield f"digest-{kind}", _DIGEST_WIDTH, digest
    lines = ["--file", _MORNING, *_CONTRACT, "-o"]
    report, preview = str(folder / "report.html"), str(folder / "preview.html")
    yield "report", _PAGE_WIDTH, ["diagnose", "report", *lines, report]
    yield "preview", _PAGE_WIDTH, ["intentlog", "preview", *lines, preview]


def take(browser: str, page: Path, picture: Path, width: int) -> None:
    """Take a picture of a page, as high as it is."""
    measured = page.with_suffix(".measured.html")
    text = page.read_text(encoding="utf-8").replace("</body>", _MEASURE)
    measured.write_text(text.replace("default-src 'none'", "default-src 'unsafe-inline'"), "utf-8")
    dom = _run(browser, f"--window-size={width},800", "--dump-dom", measured.as_uri())
    height = re.findall(r"<title>(\d+)</title>", dom)[0]  # plots have titles, too
    picture.parent.mkdir(exist_ok=True)
    _run(browser, f"--window-size={width},{height}", f"--screenshot={picture}", page.as_uri())


def _run(browser: str, *arguments: str) -> str:
    always = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")
    result = subprocess.run(  # noqa: S603 -- what was found on the path
        [browser, *always, *arguments],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return result.stdout


if __name__ == "__main__":
    main()
