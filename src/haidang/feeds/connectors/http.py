"""HTTP: one poll of an address for JSON, GeoJSON or delimited text.

What has not changed since the last poll (entity tag, date) costs one small answer. Every step of a redirect
is checked again, and a secret is never carried to another host."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Mapping
from typing import Any

import httpx

from haidang.feeds.connectors import BATCH_ROWS, Batch, network, records, unreadable
from haidang.feeds.model.declaration import HttpSource
from haidang.feeds.model.rows import Row

REDIRECTS_MAX = 3
_SECRET_HEADERS = {"authorization", "cookie", "proxy-authorization", "x-api-key"}


class HttpConnector:
    """One poll."""

    def __init__(
        self,
        source: HttpSource,
        columns: tuple[str, ...],
        *,
        state: Mapping[str, Any] | None = None,
        allow_hosts: tuple[str, ...] = (),
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._source = source
        self._columns = columns
        self._state = state or {}
        self._allow = allow_hosts
        self._environ = environ
        self.unchanged = False
        """The source said that nothing is new."""

    async def batches(self) -> AsyncGenerator[Batch, None]:
        """Yield the rows of the answer; nothing where the source has not changed."""
        body, state = await self._fetch()
        if body is None:
            self.unchanged = True
            return
        rows = await asyncio.to_thread(self._decode, body)
        for start in range(0, len(rows), BATCH_ROWS):
            part = rows[start : start + BATCH_ROWS]
            last = start + BATCH_ROWS >= len(rows)
            yield Batch(part, state=state if last else None)

    def _decode(self, body: bytes) -> list[Row]:
        source = self._source
        match source.format:
            case "json":
                found = records.json_rows(body, source.records)
            case "geojson":
                found = records.geojson(body)
            case _:
                lines = records.text_lines(body, source.encoding)
                found = records.delimited(lines, delimiter=source.delimiter, columns=self._columns)
        rows: list[Row] = []
        for row in found:
            rows.append(row)
            if len(rows) > source.rows_max:
                raise unreadable(
                    f"Câu trả lời có hơn {source.rows_max} dòng.",
                    f"The answer has more than {source.rows_max} rows.",
                )
        return rows

    async def _fetch(self) -> tuple[bytes | None, dict[str, Any]]:
        url = httpx.URL(self._source.url)
        first = origin_of(url)
        try:
            async with (
                asyncio.timeout(int(self._source.timeout)),
                _client(int(self._source.timeout)) as client,
            ):
                for _ in range(REDIRECTS_MAX + 1):
                    answer = await self._ask(client, url, with_secret=origin_of(url) == first)
                    if not isinstance(answer, httpx.URL):
                        return answer
                    url = answer
        except TimeoutError as cause:
            seconds = int(self._source.timeout)
            raise unreadable(
                f"Không trả lời trong {seconds} giây.", f"No answer within {seconds} s."
            ) from cause
        except httpx.HTTPError as cause:
            raise unreadable(f"Không kết nối được: {cause}.", f"The connection failed: {cause}.") from cause
        raise unreadable("Chuyển hướng quá nhiều lần.", "Too many redirects.")

    async def _ask(
        self, client: httpx.AsyncClient, url: httpx.URL, *, with_secret: bool
    ) -> tuple[bytes | None, dict[str, Any]] | httpx.URL:
        if url.scheme not in {"http", "https"} or not url.host:
            raise unreadable("Địa chỉ phải là http hoặc https.", "The address must be http or https.")
        port = url.port or (443 if url.scheme == "https" else 80)
        target = await network.allowed(url.host, port, self._allow)
        # The connection goes to the address that was checked; certificate and virtual host go by the name.
        request = client.build_request(
            "GET",
            url.copy_with(host=target.address),
            headers=self._headers(url, with_secret=with_secret),
            extensions={"sni_hostname": url.host},
        )
        response = await client.send(request, stream=True)
        try:
            if response.has_redirect_location:
                return url.join(response.headers.get("location", ""))
            if response.status_code == 304:
                return None, dict(self._state)
            if response.status_code != 200:
                raise unreadable(
                    f"Nguồn trả lời mã {response.status_code}.",
                    f"The source answered {response.status_code}.",
                )
            body = await self._body(response)
        finally:
            await response.aclose()
        state = {"etag": response.headers.get("etag"), "modified": response.headers.get("last-modified")}
        return body, state

    def _headers(self, url: httpx.URL, *, with_secret: bool) -> dict[str, str]:
        source = self._source
        for name in source.headers:
            if name.lower() in _SECRET_HEADERS or not name.isascii():
                raise unreadable(
                    f"Tiêu đề {name} phải khai báo ở auth, không ghi trong headers.",
                    f"The header {name} belongs into auth, not into headers.",
                )
        headers = {"user-agent": "haidang-feed"} | source.headers | {"host": url.netloc.decode("ascii")}
        if self._state.get("etag"):
            headers["if-none-match"] = str(self._state["etag"])
        elif self._state.get("modified"):
            headers["if-modified-since"] = str(self._state["modified"])
        if source.auth is not None and with_secret:
            secret = network.read_secret(source.auth.secret, self._environ)
            headers[source.auth.header] = source.auth.prefix + secret
        return headers

    async def _body(self, response: httpx.Response) -> bytes:
        limit = self._source.size_max_mb << 20
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > limit:
                mb = self._source.size_max_mb
                raise unreadable(f"Câu trả lời lớn hơn {mb} MB.", f"The answer is over {mb} MB.")
        return bytes(body)


def origin_of(url: httpx.URL) -> tuple[str, str, int]:
    """Return whom a secret is for: the same host by plain http, or on another port, is somebody else."""
    return url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80)


def _client(timeout_s: int) -> httpx.AsyncClient:
    # The environment's proxies are left out: they would undo the check of the address.
    return httpx.AsyncClient(timeout=timeout_s, follow_redirects=False, trust_env=False)
