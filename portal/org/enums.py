from django.db import models
from django.utils.translation import gettext_lazy as _


class UnitKind(models.TextChoices):
    """What a unit is; every unit can hold letters, numbers and people."""

    OFFICE = "office", _("Office (central registry)")
    EXECUTIVE = "executive", _("Executives")
    GROUP = "group", _("Group")
    SECTION = "section", _("Section")
    SCHOOL = "school", _("School")
    OUTSIDE = "outside", _("Agency outside the office")


class Role(models.TextChoices):
    DIRECTOR = "director", _("Director of the area office")
    DEPUTY = "deputy", _("Deputy director")
    GROUP_DIRECTOR = "group_director", _("Group director")
    OFFICER = "officer", _("Officer")
    REGISTRY = "registry", _("Central registry clerk")
    GROUP_REGISTRY = "group_registry", _("Group registry clerk")
    PRINCIPAL = "principal", _("School principal")
    SCHOOL_CLERK = "school_clerk", _("School clerk")
    TEACHER = "teacher", _("Teacher")
    PR_OFFICER = "pr_officer", _("PR officer")
    COMPLAINT_OFFICER = "complaint_officer", _("Complaint officer")
    IDENTITY_CUSTODIAN = "identity_custodian", _("Complaint identity custodian")
    JOURNAL_EDITOR = "journal_editor", _("Journal editor")
    DATA_OFFICER = "data_officer", _("School data officer")
    AUDITOR = "auditor", _("Internal auditor")
    SYSADMIN = "sysadmin", _("System administrator")


# An agency outside writes to the office and is written to; it has no people here.
OFFICE_KINDS = frozenset({UnitKind.OFFICE, UnitKind.EXECUTIVE, UnitKind.GROUP, UnitKind.SECTION})
KINDS_OF_ROLE: dict[str, frozenset[UnitKind]] = {
    Role.DIRECTOR: frozenset({UnitKind.EXECUTIVE}),
    Role.DEPUTY: frozenset({UnitKind.EXECUTIVE}),
    Role.GROUP_DIRECTOR: frozenset({UnitKind.GROUP, UnitKind.SECTION}),
    Role.REGISTRY: frozenset({UnitKind.OFFICE}),
    Role.GROUP_REGISTRY: frozenset({UnitKind.GROUP, UnitKind.SECTION}),
    Role.PRINCIPAL: frozenset({UnitKind.SCHOOL}),
    Role.SCHOOL_CLERK: frozenset({UnitKind.SCHOOL}),
    Role.TEACHER: frozenset({UnitKind.SCHOOL}),
    Role.PR_OFFICER: OFFICE_KINDS | {UnitKind.SCHOOL},
    Role.DATA_OFFICER: OFFICE_KINDS | {UnitKind.SCHOOL},
}
"""The kinds of unit in which a role can be held; the others belong to the office's own units."""


def may_be_held(role: str, kind: str) -> bool:
    """Whether ``role`` makes sense in a unit of ``kind``: no principal of a group."""
    return kind in KINDS_OF_ROLE.get(role, OFFICE_KINDS)


class ActingKind(models.TextChoices):
    """How an absent superior is stood in for; printed in the signature block."""

    IN_PLACE = "in_place", _("Acting for the absent post-holder")
    ON_BEHALF = "on_behalf", _("Performing duties on behalf")

    @property
    def official_words(self) -> str:
        """The words of the signature block, Thai in every language."""
        return "รักษาราชการแทน" if self is ActingKind.IN_PLACE else "ปฏิบัติราชการแทน"


class SchoolSize(models.TextChoices):
    SMALL = "small", _("Small (fewer than 120 pupils)")
    MEDIUM = "medium", _("Medium (120–299 pupils)")
    LARGE = "large", _("Large (300 pupils or more)")


class SchoolSector(models.TextChoices):
    PUBLIC = "public", _("Public school")
    PRIVATE = "private", _("Private school")
