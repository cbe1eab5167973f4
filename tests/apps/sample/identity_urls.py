"""The portal's pages and one more: a form that asks who is at the keyboard."""

from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import path

from portal.accounts.forms import IdentityForm
from portal.urls import urlpatterns as portal

PAGE = """{% extends "base.html" %}{% block title %}sample{% endblock %}
{% block page_header %}<h1>{{ heading }}</h1>{% endblock %}
{% block content %}<form method="post">{% csrf_token %}
{% include "accounts/identity_fields.html" with form=form %}
<button type="submit">sign</button></form>{% endblock %}"""


def identity(request: HttpRequest) -> HttpResponse:
    form = IdentityForm(request.POST or None, user=request.user)
    heading = "confirmed" if form.is_valid() else "asked"
    context = RequestContext(request, {"form": form, "heading": heading})
    return HttpResponse(Template(PAGE).render(context))


urlpatterns = [*portal, path("sample/identity/", identity)]
