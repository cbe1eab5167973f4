"""What stands around every page: office, menu, the person's own links. Worked out on demand."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.core.registry import menu_entries
from portal.org.models import Office

if TYPE_CHECKING:
    from portal.users.models import User


@dataclass(frozen=True)
class MenuLink:
    """One line of a menu as the templates draw it."""

    label: str
    url: str
    icon: str
    active: bool = False
    badge: int | None = None


@lru_cache(maxsize=512)
def _menu_html(name: str, menu: tuple[MenuLink, ...], language: str | None) -> SafeString:
    """A menu as its component draws it: the same for everybody who has the same entries."""
    return render_to_string(f"components/{name}.html", {"menu": menu})


def _optional_url(name: str) -> str:
    """The address of a page that an installation may leave out."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


class Shell:
    """Answers the base templates; nothing is asked of the database before it is shown."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def user(self) -> "User | None":
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def office(self) -> Office | None:
        """The person's office; for visitors the only one of the installation."""
        if self.user is not None:
            return self.user.office
        found = list(Office.objects.all()[:2])
        return found[0] if len(found) == 1 else None

    @property
    def office_name(self) -> str:
        return self.office.name if self.office else _("Education area portal")

    @property
    def office_short_name(self) -> str:
        return self.office.short_name if self.office else _("Education area portal")

    @property
    def emblem_url(self) -> str:
        """The office's own emblem; empty while it has none."""
        emblem = self.office.emblem if self.office else None
        return reverse("files:download", args=[emblem.uid]) if emblem else ""

    @cached_property
    def menu(self) -> list[MenuLink]:
        """The registered entries this person sees; the one with the longest match is active."""
        if self.user is None:
            return []
        planned = [(entry, _optional_url(entry.url_name)) for entry in menu_entries]
        shown = [(entry, url) for entry, url in planned if url and entry.visible_to(self.user)]
        urls = [url for _entry, url in shown]
        path = self.request.path
        # "My work" is active on its own page alone: others of the desk may stand in the menu too.
        fitting = [
            url for url in urls if path == url or (url != self.desk_url and path.startswith(url))
        ]
        active = max(fitting, key=len, default="")
        return [
            MenuLink(
                label=str(entry.label),
                url=url,
                icon=entry.icon,
                active=url == active,
                badge=entry.badge(self.user),
            )
            for entry, url in shown
        ]

    @cached_property
    def menu_html(self) -> SafeString:
        return _menu_html("menu_list", tuple(self.menu), get_language())

    @cached_property
    def bottom_html(self) -> SafeString:
        return _menu_html("bottom_bar", tuple(self.menu[:4]), get_language())

    @property
    def person_links(self) -> list[MenuLink]:
        """Profile and what concerns the person's own account."""
        links = [
            (_("Profile"), reverse("desk:profile"), "person"),
            (_("Security"), _optional_url("accounts:security"), "shield-lock"),
        ]
        if self.user is not None and self.user.is_staff:
            links.append((_("Back-office"), _optional_url("admin:index"), "gear"))
        return [MenuLink(label, url, icon) for label, url, icon in links if url]

    @property
    def home_url(self) -> str:
        return self.desk_url if self.user else "/"

    @property
    def desk_url(self) -> str:
        return reverse("desk:home")

    @property
    def sign_in_url(self) -> str:
        return resolve_url(settings.LOGIN_URL)

    @property
    def demo_codes_url(self) -> str:
        """Where a demo installation lists the codes of its accounts; empty anywhere else."""
        return _optional_url("accounts:demo_codes") if settings.DEMO else ""

    @property
    def source_url(self) -> str:
        """Where this installation offers its source (AGPL, section 13); may be empty."""
        return settings.SOURCE_URL

    @property
    def sign_out_url(self) -> str:
        return _optional_url("account_logout")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor."""
    return {"shell": Shell(request)}
