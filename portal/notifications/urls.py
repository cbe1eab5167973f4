from django.urls import path

from portal.notifications import views

app_name = "notifications"

urlpatterns = [
    path("", views.index, name="index"),
    path("bell/", views.bell, name="bell"),
    path("read/", views.read_all, name="read_all"),
    path("<int:pk>/read/", views.read, name="read"),
    path("<int:pk>/open/", views.open_, name="open"),
    path("preferences/", views.preferences, name="preferences"),
    path("undelivered/", views.undelivered, name="undelivered"),
    path("undelivered/send-again/", views.send_again, name="send_again"),
]
