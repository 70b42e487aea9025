"""E-mail by SMTP, with the standard library in a thread: a message is small and rare."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from haidang.base.settings import Settings
from haidang.tasks.delivery.sender import NotSent
from haidang.tasks.store.notices import Delivery

CONNECT_S = 20.0


class EmailSender:
    """The site's mail server."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def send(self, one: Delivery) -> None:
        """Send a message; a connection for each, as the server may forget an idle one."""
        try:
            await asyncio.to_thread(self._send, message_of(one, self._settings))
        except (smtplib.SMTPException, OSError, ValueError) as cause:
            raise NotSent(f"{type(cause).__name__}: {cause}") from cause

    def _send(self, message: EmailMessage) -> None:
        settings = self._settings
        assert settings.smtp_host is not None  # noqa: S101 - there is no such channel without it
        context = ssl.create_default_context()
        if settings.smtp_tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.smtp_host, settings.smtp_port, timeout=CONNECT_S, context=context
            )
        else:
            server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=CONNECT_S)
        with server:
            if settings.smtp_tls == "starttls":
                server.starttls(context=context)
            if settings.smtp_user and settings.smtp_password:
                server.login(settings.smtp_user, settings.smtp_password)
            server.send_message(message)


def message_of(one: Delivery, settings: Settings) -> EmailMessage:
    """Return the letter of a notice: Vietnamese first; its id is the same however often it is sent."""
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = one.address
    message["Subject"] = " ".join(one.vi.split())[:180]
    message["Date"] = format_datetime(one.made_at)
    domain = parseaddr(settings.mail_from)[1].rpartition("@")[2] or "haidang.invalid"
    message["Message-ID"] = f"<notice-{one.notice_id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    link = f"{settings.address}/tasks/{one.task_id}" if one.task_id else f"{settings.address}/tasks"
    message.set_content(f"{one.vi}\n\n{one.en}\n\n{link}\n")
    return message
