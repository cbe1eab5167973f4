"""Makes the papers of the registers: what a page sends at once, and what a task keeps."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from django.db import transaction

from circulars.enums import PaperKind
from circulars.models import Register, RegisterPaper
from circulars.pdf.registers import block_pdf, numbers_pdf, register_pdf
from circulars.resources import register_workbook
from circulars.services.papers import keep_paper
from portal.files.service import store_bytes

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"


@dataclass(frozen=True)
class Maker:
    """How one kind of paper is made, and what the file is called."""

    make: Callable[[Register], bytes]
    content_type: str
    ending: str


MAKERS = {
    PaperKind.FORM: Maker(register_pdf, PDF, ".pdf"),
    PaperKind.EXCEL: Maker(register_workbook, XLSX, ".xlsx"),
    PaperKind.BOOK: Maker(numbers_pdf, PDF, "_numbers.pdf"),
}


def paper_name(register: Register, kind: PaperKind) -> str:
    """``2569_MOE04108_incoming.pdf``: year, agency and book, in Roman letters and digits."""
    code = register.unit.office.roman_code
    return f"{register.year}_{code}_{register.kind}{MAKERS[kind].ending}"


def make_and_keep(paper: RegisterPaper) -> None:
    """Make a paper and keep it; of two runs at once one file is kept."""
    if paper.kind == PaperKind.PACK:
        data, name, content_type = pack_zip(paper), f"pack_{paper.pk}.zip", ZIP
    else:
        register, kind = paper.register, PaperKind(paper.kind)
        assert register is not None  # noqa: S101  (a constraint: only packs have none)
        maker = MAKERS[kind]
        data, name = maker.make(register), paper_name(register, kind)
        content_type = maker.content_type
    with transaction.atomic():
        file = store_bytes(
            data=data,
            name=name,
            content_type=content_type,
            office=paper.unit.office,
            actor=paper.requested_by,
        )
        if not keep_paper(paper=paper, file=file):
            transaction.set_rollback(True)


def pack_zip(pack: RegisterPaper) -> bytes:
    """Of each book of a pack: the register as PDF and Excel, and its reserved numbers to fill."""
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for block in pack.blocks.select_related("register__unit__office").order_by("pk"):
            register = block.register
            for kind in (PaperKind.FORM, PaperKind.EXCEL):
                archive.writestr(paper_name(register, kind), MAKERS[kind].make(register))
            name = paper_name(register, PaperKind.FORM).removesuffix(".pdf")
            archive.writestr(
                f"{name}_{block.first_number}-{block.last_number}.pdf", block_pdf(block)
            )
    return target.getvalue()
