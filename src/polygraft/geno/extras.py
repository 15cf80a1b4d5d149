"""Metadata and user data of a genotype, made only when somebody sets some."""

from __future__ import annotations

import copy
import threading
from collections.abc import Mapping
from typing import Any

from polygraft.geno.attribute_dict import AttributeDict
from polygraft.geno.dna_format import json_value
from polygraft.geno.numbers import from_json_value

#: Held while parts of a genotype are made that exist once someone looks: what several threads write to is one thing.
LOOKING = threading.RLock()


class Extras:
    """What a genotype carries besides its decisions.

    Attributes:
        metadata: Saved with the genotype.
        userdata: Never saved. Made when asked for: most genotypes have none, and a study holds very many of them.
        metadata_kept, userdata_kept: Keys that clones keep (a dict, for its order).
        journal: If not None, what `Node.watch` set: where the decisions are noted before they are first changed.
    """

    __slots__ = ("_userdata", "journal", "metadata", "metadata_kept", "userdata_kept")

    def __init__(self) -> None:
        self.metadata = AttributeDict()
        self._userdata: AttributeDict | None = None
        self.metadata_kept: dict[str, None] = {}
        self.userdata_kept: dict[str, None] = {}
        self.journal: dict[int, Any] | None = None

    @property
    def userdata(self) -> AttributeDict:
        """Data of this process."""
        if self._userdata is None:
            with LOOKING:
                if self._userdata is None:
                    self._userdata = AttributeDict()
        return self._userdata

    def set_metadata(self, key: Any, value: Any, cloneable: bool) -> None:
        """Sets an item of `metadata`."""
        if not isinstance(key, str):
            raise KeyError(f"Key {key!r} is not allowed for metadata. (path=metadata)")
        if "." in key or "[" in key:
            raise KeyError(
                f"Path {key} does not exist: metadata keys must not be paths. (path=metadata)"
            )
        self.metadata[key] = value
        if cloneable:
            self.metadata_kept[key] = None

    def set_userdata(self, key: str, value: Any, cloneable: bool) -> None:
        """Sets an item of `userdata`."""
        self.userdata[key] = value
        if cloneable:
            self.userdata_kept[key] = None

    def cloned(self, deep: bool, memo: Any) -> Extras | None:
        """Returns what a clone keeps."""
        if not self.metadata_kept and not self.userdata_kept:
            return None
        kept = Extras()
        for key in self.metadata_kept:
            if key in self.metadata:
                value = self.metadata[key]
                kept.set_metadata(
                    key, copy.deepcopy(value, memo) if deep else copy.copy(value), True
                )
        for key in self.userdata_kept:
            if key in self.userdata:
                value = self.userdata[key]
                kept.set_userdata(key, copy.deepcopy(value, memo) if deep else value, True)
        return kept

    def state(self) -> tuple[dict[str, Any], list[str]]:
        """Returns what pickle keeps."""
        return dict(self.metadata), list(self.metadata_kept)

    @classmethod
    def from_state(cls, state: tuple[dict[str, Any], list[str]]) -> Extras:
        """The inverse of `state`."""
        extras = cls()
        extras.metadata.update(state[0])
        extras.metadata_kept = dict.fromkeys(state[1])
        return extras

    def add_to_json(self, json: dict[str, Any]) -> None:
        """Writes metadata, if there is any, to a JSON object."""
        if self.metadata:
            json["metadata"] = {k: json_value(v) for k, v in self.metadata.items()}
        if self.metadata_kept:
            json["_cloneable_metadata_keys"] = list(self.metadata_kept)

    @classmethod
    def from_json(cls, json: Mapping[str, Any]) -> Extras | None:
        """Reads what `add_to_json` wrote."""
        metadata: Mapping[str, Any] = json.get("metadata") or {}
        kept = json.get("_cloneable_metadata_keys")
        return (
            cls.from_state(({k: from_json_value(v) for k, v in metadata.items()}, list(kept or ())))
            if metadata or kept
            else None
        )
