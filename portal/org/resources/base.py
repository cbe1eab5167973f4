"""What imports share: rows are checked, then written through the services, or none is."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.encoding import force_str
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from import_export import resources
from import_export.fields import Field
from tablib import Dataset

from portal.core.errors import InvalidInput, PortalError
from portal.org.models import Office
from portal.org.resources.cells import Cells, key_of
from portal.users.models import User

MAX_ROWS = 5000


class PlainDiff(resources.Diff):
    """What a row changes, as ``del`` and ``ins``: the library marks it with inline styles."""

    def as_html(self) -> list[SafeString]:
        return [
            self._cell("" if self.new else force_str(before), force_str(after))
            for before, after in zip(self.left, self.right, strict=True)
        ]

    def _cell(self, before: str, after: str) -> SafeString:
        if before == after:
            return format_html("{}", after)
        removed = format_html("<del>{}</del> ", before) if before else ""
        added = format_html("<ins>{}</ins>", after) if after else ""
        return format_html("{}{}", removed, added)


class RowResource(resources.ModelResource):
    """An import whose rows become calls of a service.

    A subclass names ``required_columns``, reads a row into ``values`` and writes it. A row that
    says what is recorded already is skipped, so that an export can be read back in.
    """

    required_columns: tuple[str, ...] = ()

    def get_diff_class(self) -> type[resources.Diff]:
        return PlainDiff

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.actor: User | None = None
        self.offices: dict[str, set[Office]] = {}
        self.cells = Cells({})
        self.values: dict[str, Any] = {}

    def read(self, cells: Cells, office: Office) -> dict[str, Any]:
        """The row's values; what is wrong goes to ``cells.errors``."""
        raise NotImplementedError

    def find(self, values: Mapping[str, Any]) -> models.Model | None:
        """The object that the row is about, when it is there already."""
        raise NotImplementedError

    def is_same(self, instance: Any, values: Mapping[str, Any]) -> bool:
        """Whether the row would change nothing."""
        raise NotImplementedError

    def write(self, instance: Any, values: dict[str, Any]) -> models.Model:
        """Call the service for a row without errors."""
        raise NotImplementedError

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        dataset.headers = [str(name or "").strip().lower() for name in dataset.headers or []]
        missing = [name for name in self.required_columns if name not in dataset.headers]
        if missing:
            names = {"names": ", ".join(missing)}
            raise InvalidInput(_("The first line lacks these headings: %(names)s") % names)
        if len(dataset) > MAX_ROWS:
            raise InvalidInput(_("At most %(number)s rows at once.") % {"number": MAX_ROWS})
        self.actor = kwargs.get("user")
        self.offices = {key_of(office.code): {office} for office in self._offices()}

    def before_import_row(self, row: Mapping[str, Any], **kwargs: Any) -> None:
        self.cells = Cells(row)
        self.values = {}
        office = self._office()
        if office is not None:
            self.values = self.read(self.cells, office)

    def get_instance(self, instance_loader: Any, row: Any) -> models.Model | None:
        return None if self.cells.errors else self.find(self.values)

    def import_instance(self, instance: models.Model, row: Any, **kwargs: Any) -> None:
        if self.cells.errors:
            raise ValidationError(self.cells.errors)

    def skip_row(self, instance: Any, original: Any, row: Any, errors: Any = None) -> bool:
        return not errors and instance.pk is not None and self.is_same(instance, self.values)

    def save_instance(
        self, instance: models.Model, is_create: bool, row: Any, **kwargs: Any
    ) -> None:
        try:
            written = self.write(instance, self.values)
        except PortalError as error:
            column = getattr(error, "field", None)
            raise ValidationError({column or "row": [str(error)]}) from error
        instance.__dict__.update(written.__dict__)

    def _offices(self) -> list[Office]:
        """The offices the actor may write to: the own one, or all without one."""
        offices = Office.objects.all()
        if self.actor is not None and self.actor.office_id is not None:
            offices = offices.filter(pk=self.actor.office_id)
        return list(offices)

    def _office(self) -> Office | None:
        """The office of the row: by its code, or the only one possible."""
        unknown = _("There is no such office, or you may not write to it.")
        if self.cells.text("office"):
            return self.cells.one_of("office", self.offices, unknown)
        if len(self.offices) == 1:
            return next(iter(next(iter(self.offices.values()))))
        self.cells.error("office", _("Write the area code of the office."))
        return None


def column(name: str, attribute: str = "") -> Field:
    """A column that is exported from ``attribute`` and read by ``RowResource.read``."""
    return Field(column_name=name, attribute=attribute or name)
