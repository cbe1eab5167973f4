from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.thai.collation import KEY_LENGTH, sort_key
from portal.org.enums import SchoolSector, SchoolSize, UnitKind
from portal.org.querysets import SchoolQuerySet, UnitQuerySet, today


class Office(models.Model):
    """An area office. Several may live in one installation and never see each other."""

    code = models.CharField(_("area code"), max_length=10, unique=True)
    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=60)
    letter_code = models.CharField(
        _("letter code"), max_length=30, help_text=_("Printed before each number, as in ศธ 04108.")
    )
    roman_code = models.CharField(
        _("agency code in Roman letters"),
        max_length=30,
        help_text=_("Used in file names, as in MOE04108."),
    )
    address = models.TextField(_("address"))
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    email = models.EmailField(_("central mailbox"), blank=True)
    emblem = models.ForeignKey(
        "files.StoredFile",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("emblem"),
    )

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.short_name


class Unit(models.Model):
    """A place that holds people, letters and numbers: the office itself, a group or a school.

    A closed unit keeps its rows; ``merged_into`` says who continues its work.
    """

    office = models.ForeignKey(
        Office, models.PROTECT, related_name="units", verbose_name=_("office")
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("belongs to"),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=UnitKind)
    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=80, blank=True)
    sort_key = models.CharField(max_length=KEY_LENGTH, editable=False, default="", db_index=True)
    letter_code = models.CharField(_("letter code"), max_length=30, blank=True)
    position = models.PositiveSmallIntegerField(_("place in lists"), default=0)
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_from",
        verbose_name=_("merged into"),
    )

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["position", "sort_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["office"],
                condition=models.Q(kind=UnitKind.OFFICE),
                name="org_unit_one_root",
                violation_error_message=_("The office already has its central registry."),
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | models.Q(closed_on__isnull=False),
                name="org_unit_merged_is_closed",
                violation_error_message=_("A merged unit needs the date it closed."),
            ),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    def save(self, **options: Any) -> None:
        """Keep the dictionary order in step with the name; ``bulk_create`` has to do it itself."""
        self.sort_key = sort_key(self.name)
        fields = options.get("update_fields")
        if fields is not None and "name" in fields:
            options["update_fields"] = {*fields, "sort_key"}
        super().save(**options)

    @property
    def is_school(self) -> bool:
        return self.kind == UnitKind.SCHOOL

    @property
    def agency(self) -> str:
        """The name under which the unit writes to others."""
        return str(self.office if self.writes_as_office else self)

    @property
    def writes_as_office(self) -> bool:
        """A group's letters are the office's; a school or another agency stands for itself."""
        return self.kind not in (UnitKind.SCHOOL, UnitKind.OUTSIDE)

    @property
    def is_open(self) -> bool:
        return self.closed_on is None or self.closed_on >= today()


class Network(models.Model):
    """A school network (เครือข่าย)."""

    office = models.ForeignKey(
        Office, models.PROTECT, related_name="networks", verbose_name=_("office")
    )
    name = models.CharField(_("name"), max_length=100)
    position = models.PositiveSmallIntegerField(_("place in lists"), default=0)

    class Meta:
        verbose_name = _("school network")
        verbose_name_plural = _("school networks")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "name"],
                name="org_network_name_unique",
                violation_error_message=_("There is already a network of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class OfficeClosure(models.Model):
    """A day on which the office is closed besides weekends and public holidays."""

    office = models.ForeignKey(
        Office, models.CASCADE, related_name="closures", verbose_name=_("office")
    )
    day = models.DateField(_("day"))
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("office closure")
        verbose_name_plural = _("office closures")
        ordering = ["-day", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "day"],
                name="org_closure_day_unique",
                violation_error_message=_("The office is already closed on this day."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.reason}"


class School(models.Model):
    """What is known of a school besides being a unit."""

    unit = models.OneToOneField(
        Unit, models.PROTECT, related_name="school", verbose_name=_("unit")
    )
    smis_code = models.CharField(_("SMIS code"), max_length=8, unique=True)
    moe_code = models.CharField(_("ministry code"), max_length=10, unique=True)
    level = models.CharField(_("level taught"), max_length=60)
    network = models.ForeignKey(
        Network,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="schools",
        verbose_name=_("network"),
    )
    tambon = models.CharField(_("tambon"), max_length=60)
    amphoe = models.CharField(_("amphoe"), max_length=60)
    tambon_code = models.CharField(_("tambon code"), max_length=6)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    sector = models.CharField(
        _("sector"), max_length=8, choices=SchoolSector, default=SchoolSector.PUBLIC
    )
    size = models.CharField(_("size"), max_length=8, choices=SchoolSize, blank=True)

    objects = SchoolQuerySet.as_manager()

    class Meta:
        verbose_name = _("school")
        verbose_name_plural = _("schools")
        ordering = ["unit__sort_key", "pk"]

    def __str__(self) -> str:
        return str(self.unit)
