"""Who signs in. What a person may do is a dated row in ``portal.org``, never a flag here."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.thai.collation import KEY_LENGTH, sort_key


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, username: str, email: str = "", password: str | None = None, **fields: object
    ) -> "User":
        user = self.model(username=username, email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, username: str, email: str = "", password: str | None = None, **fields: object
    ) -> "User":
        return self.create_user(
            username, email, password, is_staff=True, is_superuser=True, **fields
        )

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account; ``office`` is empty only for the installation's administrators."""

    office = models.ForeignKey(
        "org.Office",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="users",
        verbose_name=_("office"),
    )
    username = models.CharField(
        _("user name"), max_length=150, unique=True, validators=[UnicodeUsernameValidator()]
    )
    email = models.EmailField(_("e-mail address"), blank=True)
    title = models.CharField(_("title"), max_length=40, blank=True)
    first_name = models.CharField(_("first name"), max_length=100)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    sort_key = models.CharField(max_length=KEY_LENGTH, editable=False, default="", db_index=True)
    phone = models.CharField(_("mobile phone"), max_length=30, blank=True)
    phone_is_public = models.BooleanField(
        _("show my phone number in the public phone book"), default=False
    )
    language = models.CharField(_("language"), max_length=5, default="th")
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may open the back-office"), default=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["sort_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="users_username_unique",
                violation_error_message=_("Somebody already uses this user name."),
            ),
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="users_email_unique",
                violation_error_message=_("Somebody already uses this e-mail address."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def save(self, **options: Any) -> None:
        """Keep the dictionary order in step with the name; ``bulk_create`` has to do it itself."""
        self.sort_key = sort_key(f"{self.first_name} {self.last_name}")
        fields = options.get("update_fields")
        if fields is not None and not {"first_name", "last_name"}.isdisjoint(fields):
            options["update_fields"] = {*fields, "sort_key"}
        super().save(**options)

    def get_full_name(self) -> str:
        """Title and name as Thai papers print them: no space after the title."""
        return f"{self.title}{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name
