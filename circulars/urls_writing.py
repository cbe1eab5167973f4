"""Addresses of templates, phrases and letters for many people."""

from django.urls import path

from circulars.views import merging, writing

urlpatterns = [
    path("templates/", writing.template_list, name="templates"),
    path("templates/<int:pk>/delete/", writing.template_delete, name="template_delete"),
    path("phrases/", writing.phrases, name="phrases"),
    path("<int:pk>/template/", writing.template_save, name="template_save"),
    path("<int:pk>/people/", merging.people, name="people"),
    path("<int:pk>/people/drop/", merging.drop, name="people_drop"),
    path("<int:pk>/people/<int:position>/", merging.person_text, name="person_text"),
    path("<int:pk>/documents/", merging.documents, name="documents"),
    path("<int:pk>/documents.zip", merging.documents_zip, name="documents_zip"),
]
