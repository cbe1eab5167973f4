"""What an office keeps ready for writing: templates of letters, and phrases."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from circulars.enums import LetterKind, PhraseUse


class LetterTemplate(models.Model):
    """A letter to begin from, shared by the people who write letters in a unit.

    Those of the central registry are offered in the whole office. ``fields`` are a draft's
    fields by name; ``{…}`` in them is filled in for each letter.
    """

    unit = models.ForeignKey("org.Unit", models.CASCADE, related_name="letter_templates")
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=LetterKind)
    fields = models.JSONField(default=dict)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("template of a letter")
        verbose_name_plural = _("templates of letters")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"],
                name="circulars_template_name_unique",
                violation_error_message=_("There is already a template of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Phrase(models.Model):
    """A sentence to tap instead of typing: for remarks, or for the text of letters."""

    unit = models.ForeignKey("org.Unit", models.CASCADE, related_name="phrases")
    use = models.CharField(_("used in"), max_length=8, choices=PhraseUse)
    text = models.CharField(_("words"), max_length=500)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("phrase")
        verbose_name_plural = _("phrases")
        ordering = ["use", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "use", "text"],
                name="circulars_phrase_once",
                violation_error_message=_("This phrase is there already."),
            )
        ]

    def __str__(self) -> str:
        return self.text
