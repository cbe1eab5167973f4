"""Letters of the past at any number: written, numbered, sent, registered, acknowledged, answered.

Everything is planned in two temporary tables, so that a row and its register number agree, and
written by one statement for each table.
"""

from django.db import connection, transaction

from circulars.forms_of_address import USUAL
from portal.org.models import Office

DAYS = 730
"""The letters are spread evenly over so many days up to now."""

TEXTS = (
    "ด้วยสำนักงานเขตพื้นที่การศึกษากำหนดประชุมผู้บริหารสถานศึกษาเพื่อชี้แจงแนวทางการดำเนินงาน",
    "จึงขอเชิญท่านเข้าร่วมประชุมตามวันและเวลาดังกล่าวโดยพร้อมเพรียงกัน และขอให้รายงานผลภายในกำหนด",
    "ขอให้สถานศึกษาตรวจสอบความถูกต้องของข้อมูลนักเรียนรายบุคคลในระบบก่อนยืนยันทุกครั้ง",
    "เพื่อให้การบริหารงบประมาณเป็นไปด้วยความเรียบร้อยและทันตามกำหนดเวลาที่หน่วยงานต้นสังกัดแจ้งไว้",
    "รายละเอียดปรากฏตามสิ่งที่ส่งมาด้วย และสามารถสอบถามเพิ่มเติมได้ที่กลุ่มงานเจ้าของเรื่อง",
)
SUBJECTS = (
    "ขอเชิญประชุมผู้บริหารสถานศึกษา",
    "การรายงานข้อมูลนักเรียนรายบุคคล",
    "แผนการใช้จ่ายงบประมาณประจำปี",
    "การประเมินคุณภาพภายในของสถานศึกษา",
    "ขอความร่วมมือประชาสัมพันธ์กิจกรรม",
    "การอบรมพัฒนาครูและบุคลากรทางการศึกษา",
)
CLOSING = "จึงเรียนมาเพื่อโปรดทราบและแจ้งให้ผู้เกี่ยวข้องถือปฏิบัติต่อไป"


def _body(number: int) -> str:
    """One to four paragraphs of four sentences."""
    lines = [
        f"<p>{' '.join((TEXTS * 2)[start : start + 4])}</p>" for start in range(number % 4 + 1)
    ]
    return f"{''.join(lines)}<p>{CLOSING}</p>"


_BODIES = [_body(number) for number in range(4)]

# Nine of ten letters are circulars of a group, the tenth is written by a school.
_PLAN = """
CREATE TEMPORARY TABLE bench_plan ON COMMIT DROP AS
WITH writer AS (
    SELECT row_number() OVER (ORDER BY unit.id) - 1 AS slot, unit.id AS unit_id,
           root.id AS register_unit_id, 'circular' AS kind, 'circular' AS register_kind,
           drafter.id AS drafter_id, signer.id AS signer_id, %(code)s || '/ว ' AS prefix
      FROM org_unit unit
      JOIN org_unit root ON root.office_id = unit.office_id AND root.kind = 'office'
      JOIN org_membership post ON post.unit_id = unit.id AND post.role = 'officer'
      JOIN users_user drafter ON drafter.id = post.person_id
      JOIN users_user signer ON signer.username = %(name)s || '-director'
     WHERE unit.office_id = %(office)s AND unit.kind = 'group'
    UNION ALL
    SELECT %(groups)s + place, unit_id, unit_id, 'letter', 'outgoing', clerk_id, principal_id,
           letter_code || '/'
      FROM bench_school
)
SELECT n, moment, year, writer.unit_id, register_unit_id, kind, register_kind, drafter_id,
       signer_id, prefix,
       row_number() OVER (PARTITION BY register_unit_id, register_kind, year ORDER BY n) AS number
  FROM (SELECT n, now() - (%(letters)s - n) * (%(days)s * interval '1 day') / %(letters)s AS moment
          FROM generate_series(1, %(letters)s) n) letter
  CROSS JOIN LATERAL (
        SELECT 543 + extract(year FROM moment AT TIME ZONE 'Asia/Bangkok')::int AS year) calendar
  JOIN writer ON slot = CASE WHEN n %% 10 = 0 THEN %(groups)s + (n / 10) %% %(schools)s
                             ELSE n %% %(groups)s END
"""

_SCHOOLS = """
CREATE TEMPORARY TABLE bench_school ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY unit.id) - 1 AS place, unit.id AS unit_id, unit.letter_code,
       clerk.person_id AS clerk_id, principal.person_id AS principal_id
  FROM org_unit unit
  JOIN org_membership clerk ON clerk.unit_id = unit.id AND clerk.role = 'school_clerk'
  JOIN org_membership principal ON principal.unit_id = unit.id AND principal.role = 'principal'
 WHERE unit.office_id = %(office)s AND unit.kind = 'school'
"""

_REGISTERS = """
INSERT INTO circulars_register (unit_id, kind, year, last_number)
SELECT register_unit_id, register_kind, year, count(*) FROM bench_plan GROUP BY 1, 2, 3
"""

_ENTRIES = """
INSERT INTO circulars_registerentry (register_id, number, registered_at, registered_by_id,
       reference, dated, sender, receiver, subject, action, note, void_reason)
SELECT register.id, number, moment, signer_id, prefix || number, moment::date,
       'กลุ่มที่เกี่ยวข้อง', 'ผู้อำนวยการโรงเรียน', 'หนังสือที่ ' || n, '', '', ''
  FROM bench_plan plan
  JOIN circulars_register register ON register.unit_id = register_unit_id
       AND register.kind = register_kind AND register.year = plan.year
 ORDER BY n
"""

_LETTERS = """
INSERT INTO circulars_letter (unit_id, drafter_id, kind, state, revision, subject, salutation,
       addressee, body, closing, copies_to, speed, secrecy, names_person, due_on, answer_wanted,
       send_when_signed, channel, details, entry_id, number_text, letter_date, signer_id,
       signer_name, signer_lines, signed_at, content_hash, check_token, pdf_failures,
       dispatched_at, dispatched_by_id,
       created_at, updated_at)
SELECT plan.unit_id, drafter_id, plan.kind, 'dispatched', 1,
       (%(subjects)s::text[])[1 + n %% %(subject_count)s] || ' ครั้งที่ ' || n, %(salutation)s,
       'ผู้อำนวยการโรงเรียนทุกโรงเรียน', (%(bodies)s::text[])[1 + n %% %(body_count)s],
       %(closing)s, '',
       CASE WHEN n %% 20 = 0 THEN 'very_urgent' WHEN n %% 7 = 0 THEN 'urgent'
            ELSE 'ordinary' END,
       CASE WHEN n %% 200 = 199 THEN 'confidential' ELSE 'open' END,
       false, CASE WHEN n %% 3 = 0 THEN moment::date + 14 END, n %% 3 = 0, true, 'portal', '{}',
       entry.id, entry.reference, entry.dated, signer_id,
       'ผู้ลงนาม', '["ผู้อำนวยการ"]', moment, repeat(md5('content' || n), 2),
       left(md5(%(office)s || '-' || n), 22), 0, moment, drafter_id, moment, moment
  FROM bench_plan plan
  JOIN circulars_register register ON register.unit_id = register_unit_id
       AND register.kind = register_kind AND register.year = plan.year
  JOIN circulars_registerentry entry
       ON entry.register_id = register.id AND entry.number = plan.number
 ORDER BY n
"""

# The last 3 % of the letters are still on their way through the schools' registries.
_DELIVERY_PLAN = """
CREATE TEMPORARY TABLE bench_delivery ON COMMIT DROP AS
SELECT letter.id AS letter_id, letter.number_text, letter.subject, school.*, moment, year,
       states.state,
       row_number() OVER (
           PARTITION BY school.unit_id, year, states.state IN ('delivered', 'opened') ORDER BY n
       ) AS number
  FROM bench_plan plan
  JOIN circulars_letter letter ON letter.check_token = left(md5(%(office)s || '-' || n), 22)
  CROSS JOIN LATERAL generate_series(0, %(deliveries)s / %(letters)s - 1
       + (n <= %(deliveries)s %% %(letters)s)::int) AS turn
  JOIN bench_school school ON place = (n::bigint * 31 + turn) %% %(schools)s
  CROSS JOIN LATERAL (SELECT (n * 7 + turn * 13) %% 100 AS lot) lots
  CROSS JOIN LATERAL (
        SELECT CASE WHEN n <= %(letters)s * 0.97
                    THEN CASE WHEN lot < 70 THEN 'acknowledged' ELSE 'answered' END
                    WHEN lot < 10 THEN 'delivered' WHEN lot < 20 THEN 'opened'
                    ELSE 'registered' END AS state) states
"""

_RECIPIENTS = """
INSERT INTO circulars_recipient (letter_id, unit_id)
SELECT letter_id, unit_id FROM bench_delivery
"""

_INCOMING_REGISTERS = """
INSERT INTO circulars_register (unit_id, kind, year, last_number)
SELECT unit_id, 'incoming', year, count(*) FROM bench_delivery
 WHERE state NOT IN ('delivered', 'opened') GROUP BY 1, 3
"""

_INCOMING_ENTRIES = """
INSERT INTO circulars_registerentry (register_id, number, registered_at, registered_by_id,
       reference, dated, sender, receiver, subject, action, note, void_reason)
SELECT register.id, number, moment + interval '1 hour', clerk_id, number_text, moment::date,
       %(short_name)s, 'ผู้อำนวยการโรงเรียน', subject, '', '', ''
  FROM bench_delivery plan
  JOIN circulars_register register ON register.unit_id = plan.unit_id
       AND register.kind = 'incoming' AND register.year = plan.year
 WHERE state NOT IN ('delivered', 'opened')
"""

_DELIVERIES = """
INSERT INTO circulars_delivery (letter_id, unit_id, state, delivered_at, opened_at, opened_by_id,
       entry_id, acknowledged_at, acknowledged_by_id, answered_at, chase_count)
SELECT letter_id, plan.unit_id, state, moment,
       CASE WHEN state <> 'delivered' THEN moment + interval '1 hour' END,
       CASE WHEN state <> 'delivered' THEN clerk_id END,
       entry.id,
       CASE WHEN state IN ('acknowledged', 'answered') THEN moment + interval '1 day' END,
       CASE WHEN state IN ('acknowledged', 'answered') THEN principal_id END,
       CASE WHEN state = 'answered' THEN moment + interval '2 days' END, 0
  FROM bench_delivery plan
  LEFT JOIN circulars_register register ON register.unit_id = plan.unit_id
       AND register.kind = 'incoming' AND register.year = plan.year
       AND plan.state NOT IN ('delivered', 'opened')
  LEFT JOIN circulars_registerentry entry
       ON entry.register_id = register.id AND entry.number = plan.number
 ORDER BY letter_id, plan.unit_id
"""

_ANSWERS = """
INSERT INTO circulars_answer (delivery_id, text, answered_by_id, answered_for, answered_at)
SELECT delivery.id, 'โรงเรียนดำเนินการเรียบร้อยแล้ว', acknowledged_by_id, '', answered_at
  FROM circulars_delivery delivery
  JOIN bench_delivery plan USING (letter_id, unit_id)
 WHERE delivery.state = 'answered'
"""


def build_letters(office: Office, *, letters: int, deliveries: int, days: int = DAYS) -> None:
    """So many letters of an office without any, in equal shares to its schools.

    Raises ``ValueError`` when a letter would have to go to a school twice, or to nobody.
    """
    schools = office.units.filter(kind="school").count()
    if not letters <= deliveries <= letters * schools:
        raise ValueError(f"{deliveries} deliveries of {letters} letters to {schools} schools")
    values = {
        "office": office.pk,
        "name": office.code,
        "code": office.letter_code,
        "short_name": office.short_name,
        "groups": office.units.filter(kind="group").count(),
        "schools": schools,
        "letters": letters,
        "deliveries": deliveries,
        "days": days,
        "salutation": USUAL.salutation,
        "closing": USUAL.closing,
        "subjects": list(SUBJECTS),
        "subject_count": len(SUBJECTS),
        "bodies": _BODIES,
        "body_count": len(_BODIES),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _STATEMENTS:
            cursor.execute(statement, values)


_STATEMENTS = (
    "SET CONSTRAINTS ALL IMMEDIATE",  # else millions of checks wait in memory for the commit
    _SCHOOLS,
    _PLAN,
    "CREATE INDEX ON bench_school (place)",
    "ANALYZE bench_school",
    "ANALYZE bench_plan",
    _REGISTERS,
    _ENTRIES,
    _LETTERS,
    "ANALYZE circulars_letter, circulars_register, circulars_registerentry",
    _DELIVERY_PLAN,
    "CREATE INDEX ON bench_delivery (letter_id, unit_id)",
    "ANALYZE bench_delivery",
    _RECIPIENTS,
    _INCOMING_REGISTERS,
    _INCOMING_ENTRIES,
    "ANALYZE circulars_register, circulars_registerentry",
    _DELIVERIES,
    _ANSWERS,
)
