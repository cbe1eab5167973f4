from django.urls import path

from portal.website import views

app_name = "website"

urlpatterns = [
    path("", views.home, name="home"),
    path("offices/<str:code>/", views.office, name="office"),
    path("phonebook/", views.phone_book, name="phone_book"),
    path("phonebook/<str:code>/", views.phone_book, name="office_phone_book"),
    path("check/", views.check_letter, name="check_letter"),
]
