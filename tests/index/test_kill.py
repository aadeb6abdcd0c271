"""A process that is killed at any moment leaves the old state or the new one."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index.collection import Collection
from qa.records import Mode
from qa.search import search
from tests.index.writer import articles
from tests.support import ROOT, SAMPLE, HashEmbedder

KILLS = 60


def whole_state(collection: Collection) -> str:
    """Which of the possible states the collection is in; fails for any other."""
    held = {article.id: article.text for article in collection.store.articles()}
    for version in (0, 1):
        if held == {article.id: article.text for article in articles(version)}:
            return f"version {version}"
    assert held == {}, f"a mixture: {sorted(held)}"
    return "empty"


def assert_indexes_agree_with_the_store(collection: Collection, fresh: Path) -> None:
    held = list(collection.store.articles())
    with Collection.create(fresh, embedder=HashEmbedder()) as other:
        other.add(held)
        for mode in Mode:
            ours, theirs = (
                {
                    (hit.stored.article.id, hit.stored.passage.number, hit.stored.passage.text)
                    for hit in search(each, "港口与产业基金", 100, mode).hits
                }
                for each in (collection, other)
            )
            assert ours == theirs
            assert bool(ours) == bool(held)


def test_killed_at_random_moments(tmp_path: Path) -> None:
    place = tmp_path / "collection"
    Collection.create(place, embedder=HashEmbedder()).close()
    moments = random.Random(20261124)
    seen = []
    for turn in range(KILLS):
        writer = subprocess.Popen(
            [sys.executable, "-m", "tests.index.writer", str(place)],
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert writer.stdout
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(moments.uniform(0, 0.6))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        with sqlite3.connect(place / "store.sqlite") as store:
            assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        with Collection.open(place, embedder=HashEmbedder()) as collection:
            seen.append(whole_state(collection))
            if turn % 4 == 0:
                assert_indexes_agree_with_the_store(collection, tmp_path / f"fresh{turn}")
    assert len(seen) == KILLS
    assert len(set(seen)) > 1, "no kill came after a change"


@pytest.mark.parametrize("seconds", [0.3, 0.8, 1.4, 2.0, 2.6, 3.5])
def test_the_command_is_killed_and_run_again(tmp_path: Path, seconds: float) -> None:
    """With the real model: the first run is killed, the second completes the work."""
    place = tmp_path / "collection"
    command = [sys.executable, "-m", "wenju", "add", str(SAMPLE / "page.txt"), "-c", str(place)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    killed = subprocess.Popen(
        command, cwd=tmp_path, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    time.sleep(seconds)
    killed.kill()
    killed.wait()
    if (place / "store.sqlite").exists():
        with Collection.open(place) as collection:
            assert collection.store.counts()["articles"] in {0, 7}
    again = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, check=False)
    assert again.returncode == 0, again.stderr.decode()
    with Collection.open(place) as collection:
        assert collection.store.counts()["articles"] == 7
        assert search(collection, "小米武汉总部", 1).hits
    shutil.rmtree(place)
