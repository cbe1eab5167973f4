"""Spreadsheets in the back-office: what every import and export does besides."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from import_export.admin import ExportMixin, ImportMixin
from import_export.formats.base_formats import CSV, XLSX
from import_export.forms import ImportForm
from import_export.results import Result, RowResult
from import_export.tmp_storages import CacheStorage

from portal.audit import service as audit
from portal.users.requests import signed_in

MAX_BYTES = 5 * 1024 * 1024


class SheetForm(ImportForm):
    """An upload of at most 5 MB."""

    def clean_import_file(self) -> Any:
        file = self.cleaned_data["import_file"]
        if file.size > MAX_BYTES:
            raise ValidationError(_("The file is larger than 5 MB."))
        return file


class ExportAdmin(ExportMixin):
    """Lists that can be taken out as xlsx or csv; each time is in the audit."""

    export_formats = (XLSX, CSV)
    export_template_name = "org/back_office/export.html"

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_export_data(
        self, file_format: Any, request: HttpRequest, queryset: models.QuerySet, **kwargs: Any
    ) -> Any:
        data = {"model": self.opts.label_lower, "rows": queryset.count()}
        audit.record(action="back_office.exported", actor=signed_in(request), data=data)
        return super().get_export_data(file_format, request, queryset, **kwargs)


class ImportExportAdmin(ImportMixin, ExportAdmin):
    """Lists that can be read in as well: looked at first, then all rows or none."""

    import_export_change_list_template = "admin/import_export/change_list_import_export.html"
    import_template_name = "org/back_office/import.html"
    import_form_class = SheetForm
    import_formats = (XLSX, CSV)
    tmp_storage_class = CacheStorage  # nothing of the people stays on the disk

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request)

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_import_data_kwargs(**kwargs), "rollback_on_validation_errors": True}

    def process_result(self, result: Result, request: HttpRequest) -> HttpResponse:
        """Between looking and confirming things may have changed: then nothing is done."""
        opts = self.opts
        if result.has_errors() or result.has_validation_errors():
            messages.error(
                request,
                _("Nothing was imported: the data changed meanwhile. Upload the file again."),
            )
            return redirect(reverse(f"admin:{opts.app_label}_{opts.model_name}_import"))
        totals = {name: number for name, number in result.totals.items() if number}
        data = {"model": opts.label_lower, **totals}
        audit.record(action="back_office.imported", actor=signed_in(request), data=data)
        return super().process_result(result, request)

    def add_success_message(self, result: Result, request: HttpRequest) -> None:
        words = {
            "new": result.totals[RowResult.IMPORT_TYPE_NEW],
            "changed": result.totals[RowResult.IMPORT_TYPE_UPDATE],
            "same": result.totals[RowResult.IMPORT_TYPE_SKIP],
        }
        text = _("Imported: %(new)s added, %(changed)s changed, %(same)s stay as they are.")
        messages.success(request, text % words)
