"""The portal with one more page: a form that takes files."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.template import RequestContext, Template
from django.urls import path

from portal.core.forms import PortalForm
from portal.files.forms import UploadedFilesField, uploads
from portal.urls import urlpatterns as portal_urls
from portal.users.models import User
from portal.users.requests import SignedInRequest

PAGE = """
{% extends "base.html" %}{% load portal_tags %}
{% block title %}Files{% endblock %}
{% block page_header %}{% ui "page_header" title="Files" %}{% endblock %}
{% block content %}
  {% ui "form" form=form submit_label="Send" multipart=True %}
  <ol id="result">
    {% for item in items %}<li>{{ item.file.name }}: {{ item.title }}</li>{% endfor %}
  </ol>
{% endblock %}
"""


class PapersForm(PortalForm):
    subject = forms.CharField(label="Subject")
    papers = UploadedFilesField(label="Papers", max_files=4)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        uploads(self, "papers").prepare(actor=user)


def papers(request: SignedInRequest) -> HttpResponse:
    form = PapersForm(request.POST or None, request.FILES or None, user=request.user)
    items = form.cleaned_data["papers"] if form.is_valid() else []
    context = RequestContext(request, {"form": form, "items": items})
    return HttpResponse(Template(PAGE).render(context))


urlpatterns = [path("sample/papers/", papers), *portal_urls]
