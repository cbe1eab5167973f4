"""Marks people and units for the index when what is searched of them changes."""

from django.db import migrations

TRIGGERS = """
CREATE TRIGGER search_mark_added AFTER INSERT OR DELETE ON users_user
    FOR EACH ROW EXECUTE FUNCTION search_mark('org.people', 'id');
CREATE TRIGGER search_mark_changed AFTER UPDATE ON users_user
    FOR EACH ROW WHEN (
        (OLD.title, OLD.first_name, OLD.last_name, OLD.is_active, OLD.office_id) IS DISTINCT FROM
        (NEW.title, NEW.first_name, NEW.last_name, NEW.is_active, NEW.office_id))
    EXECUTE FUNCTION search_mark('org.people', 'id');
CREATE TRIGGER search_mark_person AFTER INSERT OR UPDATE OR DELETE ON org_membership
    FOR EACH ROW EXECUTE FUNCTION search_mark('org.people', 'person_id');

CREATE TRIGGER search_mark_unit AFTER INSERT OR UPDATE OR DELETE ON org_unit
    FOR EACH ROW EXECUTE FUNCTION search_mark('org.units', 'id');
CREATE TRIGGER search_mark_unit AFTER INSERT OR UPDATE OR DELETE ON org_school
    FOR EACH ROW EXECUTE FUNCTION search_mark('org.units', 'unit_id');

CREATE FUNCTION search_mark_people_of_unit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_pending (source, object_id)
    SELECT DISTINCT 'org.people', person_id FROM org_membership WHERE unit_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER search_mark_people AFTER UPDATE OF name ON org_unit
    FOR EACH ROW WHEN (OLD.name <> NEW.name) EXECUTE FUNCTION search_mark_people_of_unit();
"""

MARK_ALL = """
INSERT INTO search_pending (source, object_id) SELECT 'org.people', id FROM users_user;
INSERT INTO search_pending (source, object_id) SELECT 'org.units', id FROM org_unit;
"""

NO_TRIGGERS = """
DROP TRIGGER search_mark_people ON org_unit;
DROP FUNCTION search_mark_people_of_unit();
DROP TRIGGER search_mark_unit ON org_school;
DROP TRIGGER search_mark_unit ON org_unit;
DROP TRIGGER search_mark_person ON org_membership;
DROP TRIGGER search_mark_changed ON users_user;
DROP TRIGGER search_mark_added ON users_user;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0002_grams"),
        ("org", "0003_outside_agencies"),
        ("users", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
        migrations.RunSQL(MARK_ALL, migrations.RunSQL.noop),
    ]
