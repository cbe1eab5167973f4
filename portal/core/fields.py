"""Fields whose words are sealed at rest where their object is secret.

``sealed_when`` is the path of an attribute from the object, as in ``letter.is_secret``: asked
whenever the object is saved. Who reads the field gets the words again, however it was stored.
``QuerySet.update`` has no object to ask and writes what it is given.
"""

import json
from functools import reduce
from typing import Any

from django.db import models

from portal.core.sealing import seal, unseal

_MARK = "sealed:"
_KEY = "sealed"


class _Sealable(models.Field):
    """What both fields share: when to seal, told to migrations as well."""

    def __init__(self, *args: Any, sealed_when: str, **kwargs: Any) -> None:
        self.sealed_when = sealed_when
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "sealed_when": self.sealed_when}

    def pre_save(self, instance: models.Model, add: bool) -> Any:
        value = super().pre_save(instance, add)
        is_secret = reduce(getattr, self.sealed_when.split("."), instance)
        return self.sealed(value) if value and is_secret else value

    def sealed(self, value: Any) -> Any:
        raise NotImplementedError


class SealableTextField(_Sealable, models.TextField):
    """Text of any length; ``max_length`` is for forms."""

    def sealed(self, value: str) -> str:
        return _MARK + seal(value)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        if value is None or not value.startswith(_MARK):
            return value
        return unseal(value.removeprefix(_MARK))


class SealableJSONField(_Sealable, models.JSONField):
    def sealed(self, value: Any) -> dict[str, str]:
        return {_KEY: seal(json.dumps(value, ensure_ascii=False, cls=self.encoder))}

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        found = super().from_db_value(value, expression, connection)
        if isinstance(found, dict) and found.keys() == {_KEY}:
            return json.loads(unseal(found[_KEY]), cls=self.decoder)
        return found
