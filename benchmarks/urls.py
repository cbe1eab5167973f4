"""The portal's pages and, beside them, the bare one."""

from django.urls import path

from benchmarks.bare import bare_page
from portal.urls import urlpatterns as portal_urls

urlpatterns = [*portal_urls, path("bench/bare/", bare_page, name="bench_bare")]
