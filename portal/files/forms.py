"""A form field for several files, uploaded ahead by script or with the form without one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, ngettext

from portal.files import service
from portal.files.enums import ATTACHMENTS
from portal.files.errors import FileRefused
from portal.files.models import StoredFile
from portal.files.rules import UploadRules

if TYPE_CHECKING:
    from portal.users.models import User

MAX_TITLE = 200


@dataclass(frozen=True)
class UploadedItem:
    """A file at its place in the list, with the title that the person gave it (or "")."""

    file: StoredFile
    title: str = ""


@dataclass(frozen=True)
class Submitted:
    """What the form sent: keys and titles in order, keys to leave out, files sent along."""

    uids: tuple[str, ...]
    titles: tuple[str, ...]
    removed: frozenset[str]
    uploads: tuple[UploadedFile, ...]


class UploadedFilesWidget(forms.Widget):
    """``templates/files/upload_field.html``; the field sets ``rules`` and ``max_files``."""

    template_name = "files/upload_field.html"
    needs_multipart_form = True
    rules = UploadRules()
    max_files = 0

    def value_from_datadict(
        self, data: Any, files: MultiValueDict[str, UploadedFile], name: str
    ) -> Submitted:
        lists = data if hasattr(data, "getlist") else MultiValueDict(data)
        return Submitted(
            uids=tuple(lists.getlist(name)),
            titles=tuple(lists.getlist(f"{name}_title")),
            removed=frozenset(lists.getlist(f"{name}_remove")),
            uploads=tuple(files.getlist(f"{name}_new")) if files else (),
        )

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def use_required_attribute(self, initial: Any) -> bool:
        return False

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        context = {
            "name": name,
            "items": value or [],
            "attrs": self.build_attrs(self.attrs, attrs),
            "rules": replace(self.rules, field=name),
            "max_files": self.max_files,
            "max_bytes": settings.FILES_MAX_BYTES,
            "max_megabytes": settings.FILES_MAX_BYTES // 1_000_000,
        }
        return render_to_string(self.template_name, context)


class UploadedFilesField(forms.Field):
    """Several files in an order that the person gives them; cleans to ``list[UploadedItem]``.

    The form calls ``prepare`` in its ``__init__``; the service that stores the result calls
    ``files.service.attach`` in the same transaction, and ``detach`` for those that are gone.
    """

    widget = UploadedFilesWidget
    default_error_messages = {
        "gone": gettext_lazy("A file is no longer there. Please upload it again."),
    }

    def __init__(
        self,
        *,
        kinds: frozenset[str] = ATTACHMENTS,
        strip_image: bool = False,
        titles: bool = True,
        max_files: int = 30,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.max_files = max_files
        self.widget.rules = UploadRules(kinds=kinds, strip_image=strip_image, titles=titles)
        self.widget.max_files = max_files
        self._actor: User | None = None
        self._arrived: list[UploadedItem] = []

    def __deepcopy__(self, memo: dict[int, Any]) -> "UploadedFilesField":
        copied = super().__deepcopy__(memo)
        copied._arrived = []
        return copied

    def prepare(self, *, actor: "User", items: Sequence[UploadedItem] = ()) -> None:
        """Say whose form this is and what the object holds already, in order."""
        self._actor = actor
        self.initial = list(items)

    def bound_data(self, data: Submitted, initial: Any) -> list[UploadedItem]:
        """What a page that comes back with errors shows: nothing that arrived is lost."""
        return [*self._kept(data), *self._arrived]

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = [(item.file.pk, item.title) for item in self.initial or []]
        return bool(data.uploads) or before != [
            (item.file.pk, item.title) for item in self._kept(data)
        ]

    def clean(self, value: Submitted) -> list[UploadedItem]:
        kept = self._kept(value)
        errors: list[str] = []
        if len(kept) < len(set(value.uids) - value.removed):
            errors.append(str(self.error_messages["gone"]))
        errors += self._take(value.uploads, room=self.max_files - len(kept))
        items = [*kept, *self._arrived]
        if errors:
            raise ValidationError(errors)
        if self.required and not items:
            raise ValidationError(self.error_messages["required"], code="required")
        return items

    def _kept(self, value: Submitted) -> list[UploadedItem]:
        """The sent keys that this person may use here, each once, with their titles."""
        if not value.uids:
            return []
        allowed = self._allowed(value)
        titles = dict(zip(value.uids, value.titles, strict=False))
        return [
            UploadedItem(file=allowed[uid], title=titles.get(uid, "").strip()[:MAX_TITLE])
            for uid in dict.fromkeys(value.uids)
            if uid in allowed and uid not in value.removed
        ]

    def _allowed(self, value: Submitted) -> dict[str, StoredFile]:
        held = {str(item.file.uid): item.file for item in self.initial or []}
        unknown = [uid for uid in value.uids if uid not in held and _is_uid(uid)]
        if not unknown:
            return held
        own = StoredFile.objects.unattached_of(self._whose()).select_related("blob")
        return held | {str(file.uid): file for file in own.filter(uid__in=unknown)}

    def _take(self, uploads: Sequence[UploadedFile], *, room: int) -> list[str]:
        """Keep what came with the form; returns what to say of those that were refused."""
        if len(uploads) > room:
            return [self._too_many()]
        errors = []
        for upload in uploads:
            try:
                file = service.store_upload(
                    upload=upload, actor=self._whose(), rules=self.widget.rules
                )
            except FileRefused as refusal:
                errors.append(str(refusal))
            else:
                self._arrived.append(UploadedItem(file=file))
        return errors

    def _too_many(self) -> str:
        return ngettext(
            "At most %(count)s file can be added.",
            "At most %(count)s files can be added.",
            self.max_files,
        ) % {"count": self.max_files}

    def _whose(self) -> "User":
        if self._actor is None:
            raise RuntimeError("the form has to call prepare() of its UploadedFilesField")
        return self._actor


def uploads(form: forms.BaseForm, name: str) -> UploadedFilesField:
    """A form's own copy of its upload field, to ``prepare`` it."""
    return cast(UploadedFilesField, form.fields[name])


def _is_uid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
