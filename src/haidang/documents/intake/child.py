"""The process that reads one file and ends: ``python -m haidang.documents.intake.child NAME``.

The file comes on standard input; the text, or the refusal, leaves as JSON on standard output.
"""

from __future__ import annotations

import sys

import msgspec

from haidang.base.problems import Problem
from haidang.documents.child import bind
from haidang.documents.intake.files import read_file
from haidang.documents.intake.model import Answer


def main(arguments: list[str]) -> int:
    """Read the file on standard input; the exit code is 0 also where it is refused."""
    bind()
    content = sys.stdin.buffer.read()
    try:
        answer = Answer(file=read_file(arguments[0], content))
    except Problem as refusal:
        answer = Answer(code=refusal.kind.code, vi=refusal.vi, en=refusal.en)
    sys.stdout.buffer.write(msgspec.json.encode(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
