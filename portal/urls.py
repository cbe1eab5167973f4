from django.urls import include, path

from portal.desk.views.language import set_language

urlpatterns: list = [
    path("desk/", include("portal.desk.urls")),
    path("i18n/setlang/", set_language, name="set_language"),
]
