from django.apps import AppConfig


class WebsiteConfig(AppConfig):
    name = "portal.website"
    label = "website"

    def ready(self) -> None:
        from portal.core.registry import PublicUrl, public_urls

        reasons = {
            "website:home": "the office's front page",
            "website:office": "the front page of one of several offices",
            "website:phone_book": "the public phone book",
            "website:office_phone_book": "the public phone book of one of several offices",
            "website:check_letter": "who got a letter on paper finds the page that proves it",
        }
        for name, why in reasons.items():
            public_urls.register(PublicUrl(code=name, why=why))
