"""Pages of the back-office that are one service call: move somebody, close a unit."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from portal.org.admin.scope import OfficeScopedAdmin, rehearse


class ServicePage:
    """``<model>/<pk>/<name>/``: a form about one row, then one call.

    ``make_form(request, row, data)`` builds the form, ``perform(request, row, values)`` calls
    the service, ``done(row, values)`` says what happened.
    """

    def __init__(
        self,
        name: str,
        title: Any,
        make_form: Callable[..., forms.Form],
        perform: Callable[[HttpRequest, Any, dict[str, Any]], object],
        done: Callable[[Any, dict[str, Any]], str],
    ) -> None:
        self.name = name
        self.title = title
        self.make_form = make_form
        self.perform = perform
        self.done = done


class ServicePagesAdmin(OfficeScopedAdmin):
    """Adds the ``service_pages`` of a model as buttons and addresses."""

    service_pages: tuple[ServicePage, ...] = ()
    change_form_template = "org/back_office/change_form.html"

    def get_urls(self) -> list[Any]:
        own = [
            path(
                f"<int:pk>/{page.name}/",
                self.admin_site.admin_view(self._view(page)),
                name=self._url_name(page),
            )
            for page in self.service_pages
        ]
        return own + super().get_urls()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        pages = [
            (page.title, reverse(f"admin:{self._url_name(page)}", args=[object_id]))
            for page in self.service_pages
        ]
        context = {"service_pages": pages, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def _url_name(self, page: ServicePage) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page.name}"

    def _view(self, page: ServicePage) -> Callable[[HttpRequest, int], HttpResponse]:
        def view(request: HttpRequest, pk: int) -> HttpResponse:
            row = get_object_or_404(self.get_queryset(request), pk=pk)
            if not self.has_change_permission(request, row):
                raise PermissionDenied
            form = page.make_form(request, row, request.POST or None)
            if form.is_valid():
                rehearse(form, lambda: page.perform(request, row, form.cleaned_data))
            if request.method == "POST" and form.is_valid():
                page.perform(request, row, form.cleaned_data)
                messages.success(request, page.done(row, form.cleaned_data))
                return redirect(self._change_url(row))
            return TemplateResponse(
                request, "org/back_office/page.html", self._context(page, row, form, request)
            )

        return view

    def _context(
        self, page: ServicePage, row: models.Model, form: forms.Form, request: HttpRequest
    ) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": page.title,
            "subtitle": str(row),
            "opts": self.opts,
            "original": row,
            "form": form,
            "media": self.media + form.media,
            "back_url": self._change_url(row),
        }

    def _change_url(self, row: models.Model) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return reverse(name, args=[row.pk], current_app=self.admin_site.name)
