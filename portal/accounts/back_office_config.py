"""Puts our back-office in place of Django's admin (named in INSTALLED_APPS)."""

from django.contrib.admin.apps import AdminConfig


class BackOfficeConfig(AdminConfig):
    default_site = "portal.accounts.back_office.BackOffice"
