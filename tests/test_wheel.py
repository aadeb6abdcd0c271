"""The wheel, built and installed into an empty environment."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.support import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "-w",
            str(target),
            str(ROOT),
        ],
        check=True,
        stdin=subprocess.DEVNULL,
    )
    (built,) = target.glob("wenju-*.whl")
    return built


def test_it_holds_the_packages_and_what_they_read_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    tops = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert tops == {"index", "qa", "server", "eval", "wenju.py"}
    assert {"index/embedders/questions.safetensors", "eval/report.html"} <= names
    assert {"index/py.typed", "qa/py.typed", "eval/py.typed"} <= names
    assert not [name for name in names if name.endswith((".pyc", ".sqlite", ".png"))]
    sources = {
        str(p.relative_to(ROOT))
        for f in ("index", "qa", "server", "eval")
        for p in (ROOT / f).rglob("*.py")
    }
    assert sources <= names
    page = {str(p.relative_to(ROOT)) for p in (ROOT / "server/static").rglob("*") if p.is_file()}
    model = {f"qa/evidence/shipped/{p.name}" for p in (ROOT / "data/evidence").iterdir()}
    assert {"qa/evidence/shipped/README.md"} <= model <= names
    assert {"server/static/index.html", "server/static/js/app.js"} <= page <= names


def test_it_runs_where_only_it_and_its_dependencies_are(wheel: Path, tmp_path: Path) -> None:
    """Dependencies are lent by path; wheel and entry point are installed as a user does."""
    place = tmp_path / "env"
    venv.create(place, with_pip=True)
    python = place / "bin" / "python"
    subprocess.run(
        [str(python), "-m", "pip", "install", "--quiet", "--no-deps", str(wheel)],
        check=True,
        stdin=subprocess.DEVNULL,
    )
    (packages,) = (place / "lib").glob("python*/site-packages")
    lent = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "lent.pth").write_text("\n".join(lent))
    code = (
        "import wenju, index.collection, qa.answer\n"
        "for module in (wenju, index.collection, qa.answer):\n"
        f"    assert module.__file__.startswith({str(packages)!r}), module.__file__\n"
    )
    subprocess.run([str(python), "-c", code], check=True, cwd=tmp_path)
    (tmp_path / "a.txt").write_text("港口新闻\n\n唐家渡港区完成了898根桩的施工。", encoding="utf-8")
    command = str(place / "bin" / "wenju")
    subprocess.run([command, "add", "a.txt"], check=True, cwd=tmp_path, capture_output=True)
    asked = subprocess.run(
        [command, "ask", "唐家渡打了多少根桩？"], check=True, cwd=tmp_path, capture_output=True
    )
    assert "898根桩" in asked.stdout.decode()
