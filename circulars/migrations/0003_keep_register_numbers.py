"""A line of a register is never deleted and never changes its number."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION circulars_keep_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a register entry keeps its number for ever' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER circulars_entry_no_delete BEFORE DELETE ON circulars_registerentry
    FOR EACH ROW EXECUTE FUNCTION circulars_keep_entry();
CREATE TRIGGER circulars_entry_same_number BEFORE UPDATE ON circulars_registerentry
    FOR EACH ROW WHEN (OLD.number <> NEW.number OR OLD.register_id <> NEW.register_id)
    EXECUTE FUNCTION circulars_keep_entry();
"""

BACKWARD = """
DROP TRIGGER circulars_entry_same_number ON circulars_registerentry;
DROP TRIGGER circulars_entry_no_delete ON circulars_registerentry;
DROP FUNCTION circulars_keep_entry();
"""


class Migration(migrations.Migration):
    dependencies = [("circulars", "0002_links")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
