from django.urls import path

from portal.org.views import acting, committees, directory, phones, schools

app_name = "org"

urlpatterns = [
    path("", directory.directory, name="directory"),
    path("units/<int:pk>/", directory.unit_detail, name="unit"),
    path("people/<int:pk>/", directory.person_detail, name="person"),
    path("schools/", schools.schools, name="schools"),
    path("phone-book/", phones.phone_book, name="phone_book"),
    path("committees/", committees.committees, name="committees"),
    path("committees/<int:pk>/", committees.committee_detail, name="committee"),
    path("acting/", acting.acting_list, name="acting"),
    path("acting/new/", acting.acting_choose, name="acting_choose"),
    path("acting/new/<int:pk>/", acting.acting_new, name="acting_new"),
    path("acting/<int:pk>/end/", acting.acting_end, name="acting_end"),
]
