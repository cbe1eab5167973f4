"""A kept letter becomes destroyed only at the end of the chain of clauses 66–70."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION circulars_keep_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a line of the register of kept letters stays for ever'
        USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER circulars_kept_no_delete BEFORE DELETE ON circulars_keptletter
    FOR EACH ROW EXECUTE FUNCTION circulars_keep_kept();
CREATE TRIGGER circulars_kept_stays_destroyed BEFORE UPDATE ON circulars_keptletter
    FOR EACH ROW WHEN (OLD.state = 'destroyed')
    EXECUTE FUNCTION circulars_keep_kept();
CREATE TRIGGER circulars_kept_same_number BEFORE UPDATE ON circulars_keptletter
    FOR EACH ROW WHEN (OLD.number <> NEW.number OR OLD.unit_id <> NEW.unit_id)
    EXECUTE FUNCTION circulars_keep_kept();

CREATE FUNCTION circulars_guard_destruction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.legal_hold OR NEW.is_archival OR NEW.secrecy <> 'open'
       OR (NEW.medium = 'paper' AND NEW.keep_until IS NULL) THEN
        RAISE EXCEPTION 'this letter is not destroyed' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1
          FROM circulars_destructionline line
          JOIN circulars_destruction chain ON chain.id = line.destruction_id
         WHERE line.kept_id = NEW.id
           AND line.outcome = 'destroy'
           AND chain.state = 'cleared'
           AND chain.proposed_at IS NOT NULL
           AND chain.appointed_at IS NOT NULL
           AND chain.reported_at IS NOT NULL
           AND chain.approved_at IS NOT NULL
           AND chain.sent_on IS NOT NULL
           AND (chain.answered_on IS NOT NULL OR chain.cleared_on > chain.sent_on + 60)
           AND (NEW.medium = 'paper' OR chain.electronic_at IS NOT NULL)
           AND (SELECT count(*) FROM circulars_destructionmember seat
                 WHERE seat.destruction_id = chain.id) >= 3
           AND 2 * (SELECT count(*) FROM circulars_destructionvote vote
                     WHERE vote.line_id = line.id AND vote.destroy)
               > (SELECT count(*) FROM circulars_destructionmember seat
                   WHERE seat.destruction_id = chain.id)
    ) THEN
        RAISE EXCEPTION 'nothing is destroyed without the whole chain of clauses 66-70'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER circulars_kept_guard BEFORE UPDATE ON circulars_keptletter
    FOR EACH ROW WHEN (NEW.state = 'destroyed' AND OLD.state <> 'destroyed')
    EXECUTE FUNCTION circulars_guard_destruction();

CREATE FUNCTION circulars_no_new_destroyed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a letter is kept before it is destroyed' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER circulars_kept_begins_kept BEFORE INSERT ON circulars_keptletter
    FOR EACH ROW WHEN (NEW.state = 'destroyed')
    EXECUTE FUNCTION circulars_no_new_destroyed();

CREATE FUNCTION circulars_guard_vote() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1
          FROM circulars_destructionline line
          JOIN circulars_destruction chain ON chain.id = line.destruction_id
          JOIN circulars_destructionmember seat ON seat.destruction_id = chain.id
         WHERE line.id = NEW.line_id AND seat.id = NEW.seat_id AND chain.state = 'committee'
    ) THEN
        RAISE EXCEPTION 'only the committee votes, and only while it considers'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER circulars_vote_in_time BEFORE INSERT OR UPDATE ON circulars_destructionvote
    FOR EACH ROW EXECUTE FUNCTION circulars_guard_vote();
"""

BACKWARD = """
DROP TRIGGER circulars_vote_in_time ON circulars_destructionvote;
DROP FUNCTION circulars_guard_vote();
DROP TRIGGER circulars_kept_begins_kept ON circulars_keptletter;
DROP FUNCTION circulars_no_new_destroyed();
DROP TRIGGER circulars_kept_guard ON circulars_keptletter;
DROP FUNCTION circulars_guard_destruction();
DROP TRIGGER circulars_kept_same_number ON circulars_keptletter;
DROP TRIGGER circulars_kept_stays_destroyed ON circulars_keptletter;
DROP TRIGGER circulars_kept_no_delete ON circulars_keptletter;
DROP FUNCTION circulars_keep_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("circulars", "0013_archive")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
