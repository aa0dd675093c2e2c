"""Takes the pictures of docs/digest.md: ``python -m docs.digest_pictures``; needs a Chromium.

Each is what ``intentlog digest preview --html`` writes of the same event. Fonts differ from machine
to machine, so the pictures are looked at and committed, not compared.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

DOCS = Path(__file__).parent
ROOT = DOCS.parent
EVENT = DOCS / "examples" / "alarms.json"
IMAGES = DOCS / "images"
KINDS = ("slack", "teams", "discord", "google-chat", "pagerduty", "webhook", "email")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_WIDTH = 720
_MEASURE = "<script>document.title = document.body.offsetHeight</script></body>"


def main() -> None:
    """Take every picture, or say why not."""
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        sys.stdout.write(f"no pictures taken: none of {', '.join(_BROWSERS)} is installed\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        for kind in KINDS:
            take(browser, written(kind, Path(folder)), IMAGES / f"digest-{kind}.png")
            sys.stdout.write(f"wrote docs/images/digest-{kind}.png\n")


def written(kind: str, folder: Path) -> Path:
    """Write a destination's page, as anybody can."""
    page = folder / f"{kind}.html"
    command: list[str | Path] = [Path(sys.executable).with_name("intentlog"), "digest", "preview"]
    command += [EVENT, "--to", kind, "--contract", ROOT / "contracts" / "drawing-agent.toml"]
    command += ["--example-lines", "--html", page]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 -- our own
    return page


def take(browser: str, page: Path, picture: Path) -> None:
    """Take a picture of a page, as high as it is."""
    measured = page.with_suffix(".measured.html")
    text = page.read_text(encoding="utf-8").replace("</body>", _MEASURE)
    measured.write_text(text.replace("default-src 'none'", "default-src 'unsafe-inline'"), "utf-8")
    dom = _run(browser, "--dump-dom", measured.as_uri())
    (height,) = re.findall(r"<title>(\d+)</title>", dom)
    picture.parent.mkdir(exist_ok=True)
    _run(browser, f"--window-size={_WIDTH},{height}", f"--screenshot={picture}", page.as_uri())


def _run(browser: str, *arguments: str) -> str:
    always = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")
    result = subprocess.run(  # noqa: S603 -- what was found on the path
        [browser, *always, f"--window-size={_WIDTH},800", *arguments],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return result.stdout


if __name__ == "__main__":
    main()
