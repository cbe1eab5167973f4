from django.urls import path

from circulars.views import exchange

app_name = "exchange"

urlpatterns = [
    path("letters/", exchange.letters, name="letters"),
    path("status/", exchange.status, name="status"),
]
