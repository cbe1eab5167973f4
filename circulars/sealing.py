"""The office's electronic seal on a letter: a PAdES signature with the office's certificate.

Each office has one PKCS#12 file, ``<area code>.p12`` in ``SEAL_DIR``, opened with
``SEAL_PASSPHRASE``. Where ``SEAL_SELF_SIGNED`` is on (trying out, tests), a self-made one
takes its place when it is missing.
"""

import os
import tempfile
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter

from portal.core.errors import PortalError
from portal.org.models import Office

FIELD = "OfficeSeal"
VALID_DAYS = 3 * 365


class SealUnavailable(PortalError):
    """The office's certificate is missing, unreadable or out of date; nothing was sealed."""

    code = "seal_unavailable"


def seal(pdf: bytes, *, office: Office) -> bytes:
    """``pdf`` with the office's signature over all of it; any later change breaks it.

    Raises ``SealUnavailable``.
    """
    signer = _signer(office)
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        name=office.name,
    )
    sealed = BytesIO()
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    signers.sign_pdf(writer, metadata, signer=signer, output=sealed)
    return sealed.getvalue()


def seal_path(office: Office) -> Path:
    return Path(settings.SEAL_DIR) / f"{office.code}.p12"


def make_certificate(office: Office, *, days: int = VALID_DAYS) -> Path:
    """Write a self-made certificate for ``office`` and return its file.

    Readers of the PDF see that nothing was changed, but are not told who vouches for the
    office: good for trying out only. Raises ``FileExistsError`` when there is one already.
    """
    path = seal_path(office)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = ec.generate_private_key(ec.SECP256R1())
    data = pkcs12.serialize_key_and_certificates(
        office.code.encode(), key, _certificate(office, key, days), None, _encryption()
    )
    with tempfile.NamedTemporaryFile(dir=path.parent) as draft:
        draft.write(data)
        draft.flush()
        # Linking fails when another process was faster, and never leaves half a file.
        os.link(draft.name, path)
    return path


def _signer(office: Office) -> signers.SimpleSigner:
    path = seal_path(office)
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError as error:
        if not settings.SEAL_SELF_SIGNED:
            raise SealUnavailable(
                _("The office's certificate for sealing letters is missing (%(file)s).")
                % {"file": path.name}
            ) from error
        return _self_made(office)
    return _valid_today(_load(path, changed, settings.SEAL_PASSPHRASE), path)


def _self_made(office: Office) -> signers.SimpleSigner:
    path = seal_path(office)
    with suppress(FileExistsError):  # another worker made it meanwhile
        make_certificate(office)
    return _load(path, path.stat().st_mtime_ns, settings.SEAL_PASSPHRASE)


@lru_cache(maxsize=32)
def _load(path: Path, changed: int, passphrase: str) -> signers.SimpleSigner:
    """The key and certificate in ``path``, opened once for each version of the file."""
    signer = signers.SimpleSigner.load_pkcs12(path, passphrase=passphrase.encode() or None)
    if signer is None:
        raise SealUnavailable(
            _("The office's certificate for sealing letters cannot be opened (%(file)s).")
            % {"file": path.name}
        )
    return signer


def _valid_today(signer: signers.SimpleSigner, path: Path) -> signers.SimpleSigner:
    certificate = signer.signing_cert
    if certificate is None or not (
        certificate.not_valid_before <= timezone.now() <= certificate.not_valid_after
    ):
        raise SealUnavailable(
            _("The office's certificate for sealing letters is not valid today (%(file)s).")
            % {"file": path.name}
        )
    return signer


def _certificate(office: Office, key: ec.EllipticCurvePrivateKey, days: int) -> x509.Certificate:
    subject = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "TH"),
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, office.name[:64]),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, office.short_name[:64]),
        ]
    )
    now = timezone.now()
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
    )
    return builder.sign(key, hashes.SHA256())


def _encryption() -> serialization.KeySerializationEncryption:
    """With the passphrase of the installation, or open where none is set (trying out)."""
    passphrase = settings.SEAL_PASSPHRASE.encode()
    if not passphrase:
        return serialization.NoEncryption()
    return serialization.BestAvailableEncryption(passphrase)
