from django.contrib import admin
from django.urls import include, path

from portal.desk.views.language import set_language
from portal.desk.views.styleguide import styleguide

urlpatterns: list = [
    path("accounts/", include("portal.accounts.urls")),
    path("accounts/", include("portal.accounts.allauth_urls")),
    path("back-office/", admin.site.urls),
    path("circulars/", include("circulars.urls")),
    path("desk/", include("portal.desk.urls")),
    path("exchange/", include("circulars.urls_exchange")),
    path("files/", include("portal.files.urls")),
    path("org/", include("portal.org.urls")),
    path("notifications/", include("portal.notifications.urls")),
    path("search/", include("portal.search.urls")),
    path("i18n/setlang/", set_language, name="set_language"),
    path("styleguide/", styleguide, name="styleguide"),
    path("v/", include("circulars.urls_public")),
    path("", include("portal.website.urls")),
]
