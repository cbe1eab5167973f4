from portal.desk.forms.evidence import EvidenceForm
from portal.desk.forms.profile import ProfileForm
from portal.desk.forms.reports import DecideForm, EntryForm, SubmitForm

__all__ = ["DecideForm", "EntryForm", "EvidenceForm", "ProfileForm", "SubmitForm"]
