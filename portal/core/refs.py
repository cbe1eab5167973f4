"""A reference to any object as a short text, ``circulars.letter:12``.

For rows that point at objects of apps their own app does not know. No database constraint
holds such a reference: the object may be gone when it is looked up.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Model


def ref(obj: Model) -> str:
    """``circulars.letter:12``. Raises ValueError while ``obj`` is not saved."""
    if obj.pk is None:
        raise ValueError(f"{obj._meta.label} has no reference before it is saved")
    return f"{obj._meta.label_lower}:{obj.pk}"


def resolve(reference: str) -> Model | None:
    """The object that ``reference`` names, or None when it is gone.

    Asks nobody whether the reader may see it. Raises ValueError for text that names no model
    or no key.
    """
    model, pk = _parts(reference)
    return model._base_manager.filter(pk=pk).first()


def resolve_many(references: Iterable[str]) -> dict[str, Model]:
    """The objects by reference, with one query per model; those that are gone are left out."""
    wanted: dict[type[Model], set[object]] = defaultdict(set)
    for reference in references:
        model, pk = _parts(reference)
        wanted[model].add(pk)
    return {
        ref(obj): obj
        for model, keys in wanted.items()
        for obj in model._base_manager.filter(pk__in=keys)
    }


def _parts(reference: str) -> tuple[type[Model], object]:
    label, _colon, key = reference.partition(":")
    try:
        model = apps.get_model(label)
        return model, model._meta.pk.to_python(key)
    except (LookupError, ValueError, ValidationError) as error:
        raise ValueError(f"not a reference to an object: {reference!r}") from error
