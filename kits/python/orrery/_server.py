"""A service: one that is started here, or one that runs."""

from __future__ import annotations

import os
import shlex
import shutil
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import IO, Any, Self

from ._client import Client
from ._cluster import Cluster
from .types import ClusterInfo

_START_SECONDS = 60.0
_STOP_SECONDS = 20.0


class Server:
    """A service with clusters. In a ``with`` it is stopped at the end, if it was started here."""

    def __init__(self, client: Client, process: subprocess.Popen[str] | None = None, folder: str | None = None) -> None:
        self._client = client
        self._process = process
        self._folder = folder

    @property
    def url(self) -> str:
        """Where it listens, such as ``http://127.0.0.1:8080``."""
        return self._client.url

    def create_cluster(
        self,
        name: str | None = None,
        *,
        nodes: int | Sequence[Mapping[str, Any]] | None = None,
        seed: int | None = None,
        **spec: Any,
    ) -> Cluster:
        """Makes a cluster; ``spec`` is what else the body of ``POST /v1/clusters`` may have: ``images``, ``timing``, ``startTime``, ``ttl`` and so on."""
        given = {"name": name, "nodes": nodes, "seed": seed, **spec}
        made = self._client.json("POST", "/v1/clusters", {key: value for key, value in given.items() if value is not None})
        return Cluster(self._client, made["name"])

    def cluster(self, name: str) -> Cluster:
        """A cluster that is there."""
        return Cluster(self._client, name)

    def clusters(self) -> list[ClusterInfo]:
        """All clusters."""
        items: list[ClusterInfo] = []
        cursor: str | None = None
        while True:
            page = self._client.json("GET", "/v1/clusters", query={"cursor": cursor})
            items.extend(page["items"])
            cursor = page.get("nextCursor")
            if cursor is None:
                return items

    def close(self) -> None:
        """Stops the service, if it was started here, and removes its data."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        folder, self._folder = self._folder, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def connect(url: str, token: str | None = None, *, ca_file: str | None = None) -> Server:
    """A service that runs; ``ca_file`` is the certificate of one with its own."""
    context = None if ca_file is None else ssl.create_default_context(cafile=ca_file)
    return Server(Client(url, token, context))


def start(command: str | Sequence[str] | None = None, *, data: str | None = None, flags: Sequence[str] = ()) -> Server:
    """Starts a service on a free port of this machine.

    ``command`` is the program: ``ORRERY_COMMAND`` of the environment, ``orrery`` of the PATH, or ``npx orrery`` where it is not given. ``data`` is a folder that
    stays; without one, everything is gone with the service. ``flags`` are those of ``orrery serve``.
    """
    program = _program(command)
    made = None if data is not None else tempfile.mkdtemp(prefix="orrery-")
    folder = data if data is not None else made
    arguments = [*program, "serve", "--port", "0", "--data", str(folder), "--log-level", "error", *flags]
    try:
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    except OSError as error:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)
        raise RuntimeError(f"{program[0]} cannot be started: {error}. Install it with npm install -g orrery, or set ORRERY_COMMAND.") from error
    server = Server(Client("http://127.0.0.1"), process, made)
    url = _address(process)
    if url is None:
        server.close()
        raise RuntimeError(f"{shlex.join(arguments)} ended with {process.returncode} before it said where it listens")
    server._client = Client(url, _token_of(flags))
    return server


def _program(command: str | Sequence[str] | None) -> list[str]:
    given = command if command is not None else os.environ.get("ORRERY_COMMAND")
    if given is None:
        return ["orrery"] if shutil.which("orrery") is not None else ["npx", "--yes", "orrery"]
    return shlex.split(given) if isinstance(given, str) else list(given)


def _token_of(flags: Sequence[str]) -> str | None:
    for index, flag in enumerate(flags):
        if flag == "--token" and index + 1 < len(flags):
            return flags[index + 1]
        if flag.startswith("--token="):
            return flag.removeprefix("--token=")
    return os.environ.get("ORRERY_TOKEN") or None


def _address(process: subprocess.Popen[str]) -> str | None:
    """The address that a service says first; what it says later is read, so that it never waits for a reader."""
    output = process.stdout
    assert output is not None
    late = threading.Timer(_START_SECONDS, process.kill)
    late.start()
    try:
        for line in output:
            if line.startswith("Orrery listens on "):
                threading.Thread(target=_drain, args=(output,), daemon=True).start()
                return line.split()[-1]
    finally:
        late.cancel()
    output.close()
    process.wait()
    return None


def _drain(output: IO[str]) -> None:
    with output:
        for _ in output:
            pass
