"""The guides behind the "?" of each page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def index(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/guide.html")


def guide(request: HttpRequest, guide: str) -> HttpResponse:
    return render(request, "desk/guide.html")


def picture(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(status=404)
