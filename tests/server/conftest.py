"""Fixtures that the server's tests share."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from index.collection import Collection
from tests.server.process import ServerProcess

CopySample = Callable[[], Path]


@pytest.fixture(scope="session")
def copy_sample(sample: Collection, tmp_path_factory: pytest.TempPathFactory) -> CopySample:
    """Make a copy of the sample collection, to be changed."""

    def copy() -> Path:
        place = tmp_path_factory.mktemp("served") / "collection"
        shutil.copytree(sample.folder, place)
        return place

    return copy


@pytest.fixture(scope="session")
def server(copy_sample: CopySample) -> Iterator[ServerProcess]:
    """A server on this machine alone, without tokens and without a rate limit."""
    with ServerProcess(copy_sample(), WENJU_RATE="0") as running:
        yield running


@pytest.fixture
def client(server: ServerProcess) -> Iterator[httpx2.Client]:
    with server.client() as client:
        yield client
