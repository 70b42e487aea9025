"""The command line: documented, light to start, and one face for every mistake of an operator."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from haidang.cli import COMMANDS, group

ROOT = Path(__file__).resolve().parents[3]


def test_every_command_is_documented() -> None:
    documented = re.findall(
        r"^\| `haidang (\w+)` \|", (ROOT / "docs" / "commands.md").read_text(), re.MULTILINE
    )
    assert sorted(documented) == sorted(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    command = group.get_command(click.Context(group), name)
    assert command
    assert command.help or command.short_help


def test_the_help_imports_no_room() -> None:
    code = (
        "import sys\n"
        "from haidang.cli import group\n"
        "group(['--help'], standalone_mode=False)\n"
        "from haidang.cli import up\n"
        "heavy = {'psycopg', 'litestar', 'granian', 'procrastinate', 'pyproj', 'structlog', 'asyncio'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "up " in done.stdout
