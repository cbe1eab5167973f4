"""What other apps may ask of the organisation: the one public door besides the models."""

from portal.org.services.lookups import (
    HEAD_ROLES,
    SignatureBlock,
    central_registry,
    executive_unit,
    heads,
    holders,
    holders_query,
    position_on,
    signature_block,
    superior_chain,
)

__all__ = [
    "HEAD_ROLES",
    "SignatureBlock",
    "central_registry",
    "executive_unit",
    "heads",
    "holders",
    "holders_query",
    "position_on",
    "signature_block",
    "superior_chain",
]
