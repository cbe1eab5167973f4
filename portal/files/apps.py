from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FilesConfig(AppConfig):
    name = "portal.files"
    label = "files"
    verbose_name = _("Files")

    def ready(self) -> None:
        from portal.core.registry import PublicUrl, public_urls

        public_urls.register(
            PublicUrl(
                code="files:download",
                why="an office's emblem stands on public pages; all other files ask to sign in",
            )
        )
