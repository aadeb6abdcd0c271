"""What people and logs see of work that takes long."""

import time

import pytest

from index import terminal
from index.terminal import TerminalProgress


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "_PATIENCE", 0.05)
    monkeypatch.setattr(terminal, "_LOG_EVERY", 0.1)


def test_quick_work_shows_nothing(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    progress = TerminalProgress()
    for done in range(4):
        progress("分段", done, 3)
    progress.close()
    time.sleep(0.2)
    assert capfdbinary.readouterr() == (b"", b"")


def test_long_work_is_told_in_a_log_now_and_then(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    progress = TerminalProgress()
    progress("嵌入", 0, 10)
    for done in range(1, 11):
        time.sleep(0.05)
        progress("嵌入", done, 10)
    progress.close()
    out, err = capfdbinary.readouterr()
    lines = err.decode().splitlines()
    assert out == b""
    assert lines[-1] == "嵌入 完成"
    assert 2 <= len(lines) <= 8
    assert all(line.startswith("嵌入 ") for line in lines)


def test_work_that_is_broken_off_is_not_told_as_done(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    progress = TerminalProgress()
    progress("嵌入", 0, 10)
    time.sleep(0.2)
    progress("嵌入", 3, 10)
    progress.close()
    assert "完成" not in capfdbinary.readouterr().err.decode()


def test_a_total_that_is_not_known_is_not_told(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    progress = TerminalProgress()
    progress("读取", 1000, 0)
    time.sleep(0.2)
    progress("读取", 2000, 0)
    progress("读取", 2345, 2345)
    progress.close()
    lines = capfdbinary.readouterr().err.decode().splitlines()
    assert lines[0] == "读取 1,000"
    assert lines[-1] == "读取 完成"
    assert not any("/" in line for line in lines)
