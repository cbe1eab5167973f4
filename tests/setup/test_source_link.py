"""Whoever uses the portal over the network can have its source (AGPL, section 13)."""

import pytest
from django.test import Client
from django.urls import reverse

LINK = '<a href="https://example.go.th/portal-source">'


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "links"), [("https://example.go.th/portal-source", 1), ("", 0)]
)
def test_foot_of_the_page_links_to_the_source_where_it_is_set(
    client: Client, settings, address: str, links: int
) -> None:
    settings.SOURCE_URL = address
    page = client.get(reverse("account_login")).content.decode()
    assert (page.count("<footer"), page.count(LINK)) == (1, links)
