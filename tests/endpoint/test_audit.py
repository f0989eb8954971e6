"""The public GraphQL over HTTP audit (npm package graphql-http) finds nothing, over a real socket."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

_HERE = Path(__file__).parent / "audit"


@contextmanager
def _served(app: Any) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/graphql"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the audit and its packages, installed by npm with no lock file."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("the GraphQL over HTTP audit needs node and npm")
    folder = tmp_path_factory.mktemp("audit")
    for name in ("package.json", "audit.mjs"):
        shutil.copy(_HERE / name, folder)
    command = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=90, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("npm did not answer in time")
    if done.returncode != 0:
        pytest.skip(f"npm could not install graphql-http: {done.stderr[-200:]}")
    return folder


def test_all_61_audits_pass(town: Any, installed: Path) -> None:
    with _served(town.endpoint(development=True)) as url:
        command = ["node", "audit.mjs", url]
        done = subprocess.run(
            command, cwd=installed, capture_output=True, text=True, timeout=60, check=False, env=os.environ.copy()
        )
    assert re.search(r"^61 of 61 audits passed", done.stdout, re.MULTILINE), done.stdout + done.stderr
    assert done.returncode == 0
