"""A register's last number never falls; what is void or used stays so."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION circulars_keep_last_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the last number of a register never falls' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER circulars_register_only_grows BEFORE UPDATE ON circulars_register
    FOR EACH ROW WHEN (NEW.last_number < OLD.last_number)
    EXECUTE FUNCTION circulars_keep_last_number();
CREATE FUNCTION circulars_keep_fate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a number that is void or used stays so' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER circulars_entry_same_fate BEFORE UPDATE ON circulars_registerentry
    FOR EACH ROW WHEN (
        (OLD.voided_at IS NOT NULL AND NEW.voided_at IS NULL)
        OR (OLD.used_at IS NOT NULL AND NEW.used_at IS NULL)
        OR OLD.reservation_id IS DISTINCT FROM NEW.reservation_id
    )
    EXECUTE FUNCTION circulars_keep_fate();
"""

BACKWARD = """
DROP TRIGGER circulars_entry_same_fate ON circulars_registerentry;
DROP FUNCTION circulars_keep_fate();
DROP TRIGGER circulars_register_only_grows ON circulars_register;
DROP FUNCTION circulars_keep_last_number();
"""


class Migration(migrations.Migration):
    dependencies = [("circulars", "0005_reservations_and_papers")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
