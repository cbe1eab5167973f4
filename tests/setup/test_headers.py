"""What every answer tells the browser."""

import re

import pytest
from django.test import Client
from django.urls import reverse

NONCE = r" 'nonce-([\w+/=]{24})'"


@pytest.mark.django_db
def test_pages_carry_the_strict_headers(client: Client) -> None:
    response = client.get(reverse("account_login"))
    headers = response.headers
    sent, nonces = re.subn(NONCE, "", headers["Content-Security-Policy"])
    policy = dict(part.strip().split(" ", 1) for part in sent.split(";"))
    assert nonces == 2
    marked = re.findall(r'nonce="(.*?)"', response.content.decode())
    assert set(marked) == set(re.findall(NONCE, headers["Content-Security-Policy"]))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "frame-src": "'self'",
        "frame-ancestors": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
    }
    assert {
        name: headers[name]
        for name in (
            "Cross-Origin-Opener-Policy",
            "Referrer-Policy",
            "X-Content-Type-Options",
            "X-Frame-Options",
        )
    } == {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
    assert "camera=()" in headers["Permissions-Policy"].split(", ")
