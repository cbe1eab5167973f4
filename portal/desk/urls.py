from django.urls import path

from portal.desk.views import guides, profile, work

app_name = "desk"

urlpatterns = [
    path("", work.home, name="home"),
    path("profile/", profile.profile, name="profile"),
    path("help/", guides.index, name="help_index"),
    path("help/pictures/<str:name>", guides.picture, name="help_picture"),
    path("help/<slug:guide>/", guides.guide, name="help"),
]
