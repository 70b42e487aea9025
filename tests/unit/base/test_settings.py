"""Settings: precedence, kinds of values, and messages that name what is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from haidang.base.settings import (
    FIELDS,
    Settings,
    SettingsError,
    default_data_dir,
    environment,
    load_settings,
)

ROOT = Path(__file__).resolve().parents[3]


def test_defaults_are_safe(tmp_path: Path) -> None:
    settings = load_settings(environ={"HAIDANG_DATA_DIR": str(tmp_path)})
    assert settings == Settings(data_dir=tmp_path)
    assert settings.host == "127.0.0.1"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "haidang.toml").write_text(
        'port = 9000\nsite_name = "Tỉnh Bắc Ninh"\nfeed_dirs = ["/srv/a"]\n'
    )
    settings = load_settings(environ={"HAIDANG_DATA_DIR": str(tmp_path), "HAIDANG_PORT": "9001"})
    assert (settings.port, settings.site_name, settings.feed_dirs) == (
        9001,
        "Tỉnh Bắc Ninh",
        (Path("/srv/a"),),
    )


def test_a_named_configuration_file_is_read_wherever_it_is(tmp_path: Path) -> None:
    chosen = tmp_path / "site.toml"
    chosen.write_text(f'data_dir = "{tmp_path / "data"}"\n')
    assert load_settings(environ={"HAIDANG_CONFIG": str(chosen)}).data_dir == tmp_path / "data"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("DEMO", "1", True),
        ("DEMO", "true", True),
        ("DEMO", "On", True),
        ("DEMO", "no", False),
        ("DEMO_SCALE", "0.25", 0.25),
        ("BODY_LIMIT_BYTES", "1024", 1024),
        ("FEED_ALLOW_HOSTS", "10.0.0.5, broker.local:1883", ("10.0.0.5", "broker.local:1883")),
        ("PROVINCE_CODE", "24", "24"),
        ("POSTGRES_MAX_WAL_MB", "512", 512),
        ("PUBLIC_URL", "", None),
    ],
)
def test_values_of_the_environment(tmp_path: Path, name: str, text: str, value: object) -> None:
    settings = load_settings(environ={"HAIDANG_DATA_DIR": str(tmp_path), f"HAIDANG_{name}": text})
    assert getattr(settings, name.lower()) == value


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('port = "many"', "port"),
        ("prot = 8080", "prot"),
        ("port = ", "haidang.toml"),
        ('log_level = "loud"', "log_level"),
        ("feed_dirs = [7]", "feed_dirs"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "haidang.toml").write_text(text)
    with pytest.raises(SettingsError) as refused:
        load_settings(environ={"HAIDANG_DATA_DIR": str(tmp_path)})
    assert named in refused.value.en
    assert named in refused.value.vi


def test_a_missing_configuration_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"there\.toml"):
        load_settings(environ={"HAIDANG_CONFIG": str(tmp_path / "not-there.toml")})


def test_a_child_gets_the_same_settings(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path, demo=True, site_name="Đà Nẵng", feed_dirs=(Path("/a"), Path("/b")), demo_scale=0.5
    )
    assert load_settings(environ=environment(settings)) == settings


@pytest.mark.parametrize(
    ("uid", "environ", "folder"),
    [
        (0, {}, "/var/lib/haidang"),
        (1000, {"XDG_DATA_HOME": "/data"}, "/data/haidang"),
        (1000, {}, str(Path("~/.local/share/haidang").expanduser())),
    ],
)
def test_where_the_data_are(
    monkeypatch: pytest.MonkeyPatch, uid: int, environ: dict[str, str], folder: str
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: uid)
    assert default_data_dir(environ) == Path(folder)


@pytest.mark.parametrize(
    ("host", "public_url", "near", "address"),
    [
        ("127.0.0.1", None, "127.0.0.1", "http://127.0.0.1:8080"),
        ("0.0.0.0", None, "127.0.0.1", "http://127.0.0.1:8080"),
        ("::", None, "::1", "http://[::1]:8080"),
        ("10.0.0.5", "https://ioc.example.vn/", "10.0.0.5", "https://ioc.example.vn"),
    ],
)
def test_the_address_is_one_that_can_be_opened(
    tmp_path: Path, host: str, public_url: str | None, near: str, address: str
) -> None:
    settings = Settings(data_dir=tmp_path, host=host, public_url=public_url)
    assert (settings.near_host, settings.address) == (near, address)


def test_every_setting_is_documented_with_its_default() -> None:
    rows = dict(
        re.findall(r"^\| `(\w+)` \| (.+?) \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE)
    )
    assert set(rows) == set(FIELDS)
    for field in msgspec.structs.fields(Settings):
        if isinstance(field.default, bool | int | float | str) and field.default is not None:
            assert f"`{field.default}`" in rows[field.name], field.name
