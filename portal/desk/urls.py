from django.urls import path

from portal.desk.views import audit, guides, profile, work

app_name = "desk"

urlpatterns = [
    path("", work.home, name="home"),
    path("audit/", audit.audit_list, name="audit"),
    path("audit/export/", audit.audit_export, name="audit_export"),
    path("profile/", profile.profile, name="profile"),
    path("help/", guides.index, name="help_index"),
    path("help/pictures/<str:name>", guides.picture, name="help_picture"),
    path("help/<slug:guide>/", guides.guide, name="help"),
]
