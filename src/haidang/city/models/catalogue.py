"""The data models of this site, read from sector packs: the product's own, then the province's over them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from haidang.city.models.model import Attribute, DataModel, Mode, attributes_of
from haidang.city.models.rules import Rules
from haidang.city.packs import (
    BUILTIN,
    AttributePack,
    Packs,
    TypePack,
    site_packs,
    wrong_file,
)
from haidang.city.packs import COMMON as COMMON_LABELS


class Catalogue:
    """All models of a site by type, with what they inherit."""

    def __init__(self, models: dict[str, DataModel], packs: Packs) -> None:
        self.models = models
        self.packs = packs
        self._rules: dict[str, Rules] = {}
        self._attributes: dict[str, dict[str, Attribute]] = {}

    def attributes(self, type_name: str) -> dict[str, Attribute]:
        """Return all attributes of a type, labelled: the pack's own words first, then the model's.

        What the pack shows and the model does not name is part of it too, and may hold anything.
        """
        found = self._attributes.get(type_name)
        if found is None:
            pack = self.packs.types.get(type_name)
            shown = dict.fromkeys(pack.attributes, Attribute()) if pack else {}
            described = shown | attributes_of(self.models[type_name], self.models)
            found = self._attributes[type_name] = {
                name: self._labelled(type_name, name, one) for name, one in described.items()
            }
        return found

    def rules(self, type_name: str) -> Rules | None:
        """Return the compiled rules of a type; None where nobody described it."""
        found = self._rules.get(type_name)
        if found is None and type_name in self.models:
            required = self.models[type_name].required
            found = self._rules[type_name] = Rules(self.attributes(type_name), required)
        return found

    def declared_mode(self, type_name: str) -> Mode | None:
        """Return what the pack asks for: the type's own word, else its sector's."""
        model = self.models.get(type_name)
        if model is None:
            return None
        sector = self.packs.sectors.get(model.sector)
        return model.validation or (Mode(sector.validation) if sector and sector.validation else None)

    def _labelled(self, type_name: str, name: str, one: Attribute) -> Attribute:
        pack = self.packs.types.get(type_name)
        shown = pack.attributes.get(name) if pack else None
        if shown is not None:
            return msgspec.structs.replace(one, vi=shown.vi, en=shown.en, unit=one.unit or shown.unit)
        return msgspec.structs.replace(one, vi=one.vi or one.en or name, en=one.en or humanised(name))


def load_models(folders: Iterable[Path], packs: Packs) -> Catalogue:
    """Read ``*/models/*.json`` and ``*.yaml``; raise ``Problem`` (bad-sector-pack) naming a faulty file."""
    models: dict[str, DataModel] = {}
    for folder in folders:
        for file in sorted((*folder.glob("*/models/*.json"), *folder.glob("*/models/*.yaml"))):
            model = _read(file)
            _check(file, model)
            models[model.type] = msgspec.structs.replace(model, sector=file.parent.parent.name)
    for model in models.values():
        if model.extends is not None and model.extends not in models:
            raise wrong_file(
                Path(model.sector, "models", model.type), "extends", f"unknown type {model.extends!r}"
            )
    return Catalogue(models, packs)


def humanised(name: str) -> str:
    """Return a name of an attribute as words: ``averageVehicleSpeed`` → ``Average vehicle speed``."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", name).split()
    spoken = " ".join(word if word[1:] != word[1:].lower() else word.lower() for word in words)
    return spoken[:1].upper() + spoken[1:]


def _read(file: Path) -> DataModel:
    try:
        if file.suffix == ".json":
            return msgspec.json.decode(file.read_bytes(), type=DataModel)
        loaded: Any = yaml.safe_load(file.read_text("utf-8"))
        return msgspec.convert(loaded, DataModel)
    except (
        OSError,
        UnicodeDecodeError,
        yaml.YAMLError,
        msgspec.DecodeError,
        msgspec.ValidationError,
    ) as cause:
        raise wrong_file(file, "", str(cause)) from cause


def _check(file: Path, model: DataModel) -> None:
    for name, one in model.attributes.items():
        if one.min is not None and one.max is not None and one.min > one.max:
            raise wrong_file(file, name, "min is above max")
        if (one.min is not None or one.max is not None) and one.value not in ("number", "integer"):
            raise wrong_file(file, name, "only a number has a range")
        if one.open and not one.enum:
            raise wrong_file(file, name, "open without enum")
    if model.extends is None:
        unknown = set(model.required) - set(attributes_of(model, {}))
        if unknown:
            raise wrong_file(file, "required", f"unknown attributes {sorted(unknown)}")


@lru_cache(maxsize=4)
def site_models(data_dir: Path) -> Catalogue:
    """Return the models of a site; read once in the life of a process."""
    return load_models([BUILTIN, data_dir / "sectors"], site_packs(data_dir))


@lru_cache(maxsize=4)
def labelled_packs(data_dir: Path) -> Packs:
    """Return the packs of a site, and where they are silent the words and units of the data models."""
    packs, catalogue = site_packs(data_dir), site_models(data_dir)
    types = dict(packs.types)
    for name, model in catalogue.models.items():
        shown = types.get(name) or TypePack(type=name, vi=model.vi, en=model.en, sector=model.sector)
        known = {
            each: AttributePack(one.vi, one.en, unit=one.unit)
            for each, one in catalogue.attributes(name).items()
            if each not in COMMON_LABELS
        }
        types[name] = msgspec.structs.replace(shown, attributes=shown.attributes | known | shown.attributes)
    return Packs(packs.sectors, types)
