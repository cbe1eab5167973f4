"""Marks letters and lines of the registers for the index when what is searched of them changes.

Triggers see what bulk statements write as well, and belong to the transaction of the change.
"""

from django.db import migrations

LETTERS = """
CREATE TRIGGER search_mark_added AFTER INSERT OR DELETE ON circulars_letter
    FOR EACH ROW EXECUTE FUNCTION search_mark('circulars.letters', 'id');
CREATE TRIGGER search_mark_changed AFTER UPDATE ON circulars_letter
    FOR EACH ROW WHEN (
        (OLD.subject, OLD.body, OLD.addressee, OLD.copies_to, OLD.secrecy, OLD.state, OLD.speed,
         OLD.kind, OLD.number_text, OLD.letter_date, OLD.signer_id, OLD.signer_name, OLD.pdf_id,
         OLD.unit_id) IS DISTINCT FROM
        (NEW.subject, NEW.body, NEW.addressee, NEW.copies_to, NEW.secrecy, NEW.state, NEW.speed,
         NEW.kind, NEW.number_text, NEW.letter_date, NEW.signer_id, NEW.signer_name, NEW.pdf_id,
         NEW.unit_id))
    EXECUTE FUNCTION search_mark('circulars.letters', 'id');
CREATE TRIGGER search_mark_letter AFTER INSERT OR UPDATE OR DELETE ON circulars_attachment
    FOR EACH ROW EXECUTE FUNCTION search_mark('circulars.letters', 'letter_id');
CREATE TRIGGER search_mark_letter AFTER UPDATE OF decided_by_id ON circulars_routestep
    FOR EACH ROW WHEN (OLD.decided_by_id IS DISTINCT FROM NEW.decided_by_id)
    EXECUTE FUNCTION search_mark('circulars.letters', 'letter_id');

CREATE FUNCTION circulars_mark_handed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_pending (source, object_id)
    SELECT 'circulars.letters', letter_id FROM circulars_delivery WHERE id = NEW.delivery_id;
    RETURN NULL;
END $$;
CREATE TRIGGER search_mark_handed AFTER INSERT ON circulars_forward
    FOR EACH ROW EXECUTE FUNCTION circulars_mark_handed();

CREATE FUNCTION circulars_mark_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_pending (source, object_id)
    SELECT 'circulars.letters', attachment.letter_id
      FROM circulars_attachment attachment JOIN files_storedfile file ON file.id = attachment.file_id
     WHERE file.blob_id = NEW.blob_id
    UNION
    SELECT 'circulars.letters', letter.id
      FROM circulars_letter letter JOIN files_storedfile file ON file.id = letter.pdf_id
     WHERE file.blob_id = NEW.blob_id AND letter.state = 'outside';
    RETURN NULL;
END $$;
CREATE TRIGGER circulars_mark_words AFTER INSERT OR UPDATE ON files_blobtext
    FOR EACH ROW EXECUTE FUNCTION circulars_mark_words();
"""

NO_LETTERS = """
DROP TRIGGER circulars_mark_words ON files_blobtext;
DROP FUNCTION circulars_mark_words();
DROP TRIGGER search_mark_handed ON circulars_forward;
DROP FUNCTION circulars_mark_handed();
DROP TRIGGER search_mark_letter ON circulars_routestep;
DROP TRIGGER search_mark_letter ON circulars_attachment;
DROP TRIGGER search_mark_changed ON circulars_letter;
DROP TRIGGER search_mark_added ON circulars_letter;
"""

# A line of a secret letter must not stay in the index when its letter becomes secret, so lines
# are marked with their letter as well.
ENTRIES = """
CREATE TRIGGER search_mark_entry AFTER INSERT OR UPDATE OR DELETE ON circulars_registerentry
    FOR EACH ROW EXECUTE FUNCTION search_mark('circulars.entries', 'id');

CREATE FUNCTION circulars_mark_entries_of_letter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_pending (source, object_id)
    SELECT 'circulars.entries', NEW.entry_id WHERE NEW.entry_id IS NOT NULL
    UNION
    SELECT 'circulars.entries', entry_id FROM circulars_delivery
     WHERE letter_id = NEW.id AND entry_id IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER search_mark_entries AFTER UPDATE OF secrecy ON circulars_letter
    FOR EACH ROW WHEN (OLD.secrecy <> NEW.secrecy)
    EXECUTE FUNCTION circulars_mark_entries_of_letter();
"""

NO_ENTRIES = """
DROP TRIGGER search_mark_entries ON circulars_letter;
DROP FUNCTION circulars_mark_entries_of_letter();
DROP TRIGGER search_mark_entry ON circulars_registerentry;
"""

MARK_ALL = """
INSERT INTO search_pending (source, object_id) SELECT 'circulars.letters', id FROM circulars_letter;
INSERT INTO search_pending (source, object_id)
SELECT 'circulars.entries', id FROM circulars_registerentry;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("circulars", "0010_partner_admitted_by"),
        ("search", "0003_people_and_units"),
        ("files", "0004_words_and_thumbnails"),
    ]

    operations = [
        migrations.RunSQL(LETTERS, NO_LETTERS),
        migrations.RunSQL(ENTRIES, NO_ENTRIES),
        migrations.RunSQL(MARK_ALL, migrations.RunSQL.noop),
    ]
