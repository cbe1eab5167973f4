"""What desk puts into the menu."""

from django.utils.translation import gettext_lazy as _

from portal.core.registry import MenuEntry


class WorkEntry(MenuEntry):
    """The first page after sign-in, for everybody."""

    code = "desk.work"
    order = 0
    label = _("My work")
    url_name = "desk:home"
    icon = "inboxes"
