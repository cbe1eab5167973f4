"""Words of django-import-export, which has no Thai catalogue: named here so that ours has them."""

from django.utils.translation import gettext_noop

WORDS = (
    gettext_noop("Import"),
    gettext_noop("Export"),
    gettext_noop("Format"),
    gettext_noop("File to import"),
    gettext_noop("Resource"),
    gettext_noop("This importer will import the following fields: "),
    gettext_noop("Export selected %(verbose_name_plural)s"),
    gettext_noop('Select at least 1 field for "%(resource_name)s" to export'),
    gettext_noop(
        "%(exc_name)s encountered while trying to read file. "
        "Ensure you have chosen the correct format for the file."
    ),
    gettext_noop(
        "No valid data to import. Ensure your file has the correct headers or data for import."
    ),
)
