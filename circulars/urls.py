from django.urls import path
from django.views.generic import RedirectView

from circulars.views import (
    board,
    compose,
    inbox,
    findings,
    letters,
    moves,
    preview,
    recipients,
    registers,
    settings,
)

app_name = "circulars"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="circulars:inbox"), name="index"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("waiting/", letters.waiting, name="waiting"),
    path("sent/", letters.letter_list, {"tab": "sent"}, name="sent"),
    path("chain/", letters.letter_list, {"tab": "chain"}, name="chain"),
    path("drafts/", letters.letter_list, {"tab": "drafts"}, name="drafts"),
    path("new/", compose.new, name="new"),
    path("references/", letters.search_reference, name="search_reference"),
    path("settings/", settings.letter_settings, name="settings"),
    path("registers/", registers.register_list, name="registers"),
    path("registers/<int:pk>/", registers.register_detail, name="register"),
    path("received/<int:pk>/", inbox.received_letter, name="received_letter"),
    path("deliveries/<int:pk>/", inbox.delivery_detail, name="delivery"),
    path("deliveries/<int:pk>/register/", inbox.delivery_register, name="delivery_register"),
    path(
        "deliveries/<int:pk>/acknowledge/",
        inbox.delivery_acknowledge,
        name="delivery_acknowledge",
    ),
    path("deliveries/<int:pk>/answer/", inbox.delivery_answer, name="delivery_answer"),
    path("deliveries/<int:pk>/forward/", inbox.delivery_forward, name="delivery_forward"),
    path("deliveries/<int:pk>/zip/", inbox.delivery_zip, name="delivery_zip"),
    path("answers/<int:pk>/", board.answer, name="answer"),
    path("<int:pk>/", letters.letter_detail, name="letter"),
    path("<int:pk>/edit/", compose.edit, name="edit"),
    path("<int:pk>/autosave/", compose.autosave, name="autosave"),
    path("<int:pk>/copy/", compose.copy, name="copy"),
    path("<int:pk>/recipients/", recipients.recipients, name="recipients"),
    path(
        "<int:pk>/recipients/lists/<int:list_pk>/delete/",
        recipients.delete_list,
        name="delete_list",
    ),
    path("<int:pk>/board/", board.board, name="board"),
    path("<int:pk>/board/chase/", board.board_chase, name="board_chase"),
    path("<int:pk>/board/export/", board.board_export, name="board_export"),
    path("<int:pk>/board/proof/", board.board_proof, name="board_proof"),
    path("<int:pk>/preview/", preview.preview, name="preview"),
    path("<int:pk>/preview.pdf", preview.preview_pdf, name="preview_pdf"),
    path(
        "<int:pk>/preview/<slug:version>/<int:number>.png",
        preview.preview_page,
    path("<int:pk>/findings/", findings.letter_findings, name="findings"),
        name="preview_page",
    ),
    path("<int:pk>/<slug:name>/", moves.letter_move, name="letter_move"),
]
