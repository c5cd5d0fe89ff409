"""Requests to a service, with nothing but the standard library."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any

from .types import Problem

#: Wall time, in seconds, that an answer may take. An advance of months takes some.
PATIENCE_SECONDS = 600.0


class OrreryError(Exception):
    """The service refused: what it says is the message, and the whole of it is ``problem``."""

    def __init__(self, problem: Problem) -> None:
        errors = [one["message"] for one in problem.get("errors", []) if one["message"] not in problem["detail"]]
        super().__init__("\n".join([problem["detail"], *errors]))
        self.problem = problem


class Client:
    """Where a service is, and what opens it."""

    def __init__(self, url: str, token: str | None = None, context: ssl.SSLContext | None = None) -> None:
        self.url = url.rstrip("/")
        self._token = token
        self._context = context

    def json(self, method: str, path: str, body: object = None, query: Mapping[str, str | None] | None = None) -> Any:
        """The answer to a request whose body is JSON."""
        data = None if body is None else json.dumps(body).encode()
        text = self.text(method, path, data, "application/json", query)
        return json.loads(text) if text else None

    def text(
        self,
        method: str,
        path: str,
        data: bytes | None = None,
        media_type: str = "application/json",
        query: Mapping[str, str | None] | None = None,
    ) -> str:
        """The answer to a request as text. Raises ``OrreryError``."""
        given = {name: value for name, value in (query or {}).items() if value is not None}
        address = self.url + path + ("?" + urllib.parse.urlencode(given) if given else "")
        headers = {"User-Agent": "orrery-python"}
        if data is not None:
            headers["Content-Type"] = media_type
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        request = urllib.request.Request(address, data=data, method=method, headers=headers)
        # What a proxy of the environment is for is not on this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self._context))
        try:
            with opener.open(request, timeout=PATIENCE_SECONDS) as response:
                answer: bytes = response.read()
                return answer.decode()
        except urllib.error.HTTPError as error:
            if error.headers.get_content_type() != "application/problem+json":
                raise
            raise OrreryError(json.loads(error.read())) from None
