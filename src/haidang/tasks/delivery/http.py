"""Webhooks, and SMS through a gateway of the site: JSON posted to an address that was checked first."""

from __future__ import annotations

from typing import Any

import httpx

from haidang.base.network import PrivateHost, UnresolvedHost, resolve
from haidang.base.settings import Settings
from haidang.tasks.delivery.sender import NotSent
from haidang.tasks.store.notices import Delivery

TIMEOUT_S = 20.0


class WebhookSender:
    """A person's own address; private hosts only where the operator has listed them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def send(self, one: Delivery) -> None:
        """Post the notice."""
        body = {
            "id": one.notice_id, "kind": one.kind, "task_id": one.task_id, "text": one.vi, "text_en": one.en,
            "at": one.made_at.isoformat(),
        }  # fmt: skip
        await post(one.address, body, one, self._settings.notification_allow_hosts)


class SmsSender:
    """The site's SMS gateway: ``{to, text, id}``; the gateway drops an id that it has sent."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def send(self, one: Delivery) -> None:
        """Hand the message to the gateway."""
        assert self._settings.sms_gateway_url is not None  # noqa: S101 - there is no such channel without it
        body = {"to": one.address, "text": one.vi[:300], "id": str(one.notice_id)}
        token = self._settings.sms_gateway_token
        headers = {"authorization": f"Bearer {token}"} if token else {}
        # The operator has named the gateway: its host needs no further entry.
        host = httpx.URL(self._settings.sms_gateway_url).host
        await post(self._settings.sms_gateway_url, body, one, (host,), headers)


async def post(
    address: str,
    body: dict[str, Any],
    one: Delivery,
    allow_hosts: tuple[str, ...],
    headers: dict[str, str] | None = None,
) -> None:
    """Post JSON; the connection goes to the very address that was checked, redirects are not followed."""
    try:
        url = httpx.URL(address)
        if url.scheme not in {"http", "https"} or not url.host:
            raise NotSent("only http and https addresses")
        port = url.port or (443 if url.scheme == "https" else 80)
        target = await resolve(url.host, port, allow_hosts)
        async with httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=TIMEOUT_S) as client:
            request = client.build_request(
                "POST",
                url.copy_with(host=target.address),
                json=body,
                headers={
                    "host": url.netloc.decode("ascii"),
                    "user-agent": "haidang",
                    "x-haidang-notice": str(one.notice_id),
                }
                | (headers or {}),
                extensions={"sni_hostname": url.host},
            )
            response = await client.send(request, stream=True)
            await response.aclose()
    except UnresolvedHost as cause:
        raise NotSent(f"unknown host {cause}") from cause
    except PrivateHost as cause:
        raise NotSent(f"{cause} is a private address that the operator has not listed") from cause
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as cause:
        raise NotSent(f"{type(cause).__name__}: {cause}") from cause
    if not 200 <= response.status_code < 300:
        raise NotSent(f"HTTP {response.status_code}")
