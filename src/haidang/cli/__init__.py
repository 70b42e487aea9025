"""The command ``haidang``: the doors of the house for operators and scripts.

Each command lives in a module of its own that is imported only when it is called, so that ``haidang --help``
and the long-lived parent of the server stay small. ``docs/commands.md`` lists them; a test holds the two
together.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from typing import Any

import click

from haidang import __version__
from haidang.base.errors import OperatorError

COMMANDS: dict[str, tuple[str, str]] = {
    "up": ("haidang.cli.up:up", "Start the centre: database, server, jobs. Chạy trung tâm."),
    "serve": ("haidang.cli.serve:serve", "Run only the web server, on an external database."),
    "prepare": ("haidang.cli.prepare:prepare", "Bring the database schema up to date."),
    "doctor": ("haidang.cli.doctor:doctor", "Check this installation and say what is wrong. Kiểm tra."),
    "bench": ("haidang.bench.cli:bench", "Measure speed and memory. Đo hiệu năng."),
    "demo": ("haidang.cli.demo:demo", "Make or remove the demonstration province. Dữ liệu mô phỏng."),
    "city": ("haidang.cli.city:city", "Storage of the city's history. Lưu trữ lịch sử."),
    "feed": ("haidang.cli.feed:feed", "Check, run and replay feeds. Nguồn dữ liệu."),
    "warnings": ("haidang.cli.warnings:warnings", "Warnings of others, CAP. Bản tin cảnh báo."),
    "user": ("haidang.cli.user:user", "Accounts and first administrator. Người dùng."),
    "org": ("haidang.cli.org:org", "Agencies and who carries on whose work. Cơ quan, đơn vị."),
    "areas": ("haidang.cli.areas:areas", "Administrative areas and their outlines. Địa giới hành chính."),
    "programme": ("haidang.cli.programme:programme", "Plan sheets, the ledger. Chương trình, vốn."),
    "directives": ("haidang.cli.directives:directives", "Read directives in notices. Trích xuất chỉ đạo."),
    "indices": ("haidang.cli.indices:indices", "Compute PCI, PAPI, PAR, DTI tables. Chỉ số tổng hợp."),
    "documents": ("haidang.cli.documents:documents", "Hold papers against Decree 30/2020. Thể thức."),
    "procedures": ("haidang.cli.procedures:procedures", "Check procedures and their samples. Quy trình."),
    "rules": ("haidang.cli.rules:rules", "Check the rules of alerts. Kiểm tra quy tắc cảnh báo."),
    "audit": ("haidang.cli.audit:audit", "Read and verify the audit log. Nhật ký kiểm toán."),
}
"""Name → where the command is, and its line in the help."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def __init__(self, *args: Any, lazy: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._lazy:
            return None
        module, _, attribute = self._lazy[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)  # noqa: S101 - a mistake of ours, not of the caller
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self._lazy.items()])


@click.group(
    cls=LazyGroup,
    lazy=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="haidang")
def group() -> None:
    """Hải Đăng, the open operations centre for Vietnamese provinces and cities.

    Settings come from HAIDANG_* and from haidang.toml in the data folder (docs/settings.md).
    """


def main() -> None:
    """Run the command line; an :class:`OperatorError` is told in both languages and ends with code 1."""
    try:
        group(prog_name="haidang")
    except OperatorError as fault:
        sys.stderr.write(f"Lỗi: {fault.vi}\nError: {fault.en}\n")
        sys.exit(1)
