from django.urls import path

from portal.files import views

app_name = "files"

urlpatterns = [
    path("upload/", views.upload, name="upload"),
    path("<uuid:uid>/", views.download, name="download"),
    path("<uuid:uid>/thumbnail/", views.thumbnail, name="thumbnail"),
    path("<uuid:uid>/discard/", views.discard, name="discard"),
]
