"""scratch"""

import os
import pathlib

import pytest

from circulars.models import *
from circulars.pdf import letter_pdf, sealed_letter
from circulars.services import letters
from portal.org.enums import *
from portal.org.models import *
from tests.factories import acting
from tests.factories import letters as make

OUT = pathlib.Path("/tmp/letters")
OUT.mkdir(exist_ok=True)
pytestmark = pytest.mark.skipif(not os.environ.get("LOOK"), reason="scratch")
P1 = "<p>ด้วยสำนักงานเขตพื้นที่การศึกษาประถมศึกษาพัทลุง เขต 2 กำหนดจัดประชุมผู้บริหารสถานศึกษาในสังกัด ครั้งที่ 11/2569 ในวันที่ 27 พฤศจิกายน 2569 เวลา 08.30 น. ณ ห้องประชุมใหญ่ เพื่อรับทราบนโยบายและแนวปฏิบัติ</p><p>ในการนี้ จึงขอเชิญท่านเข้าร่วมประชุมตามวัน เวลา และสถานที่ดังกล่าว</p><p>จึงเรียนมาเพื่อโปรดทราบและเข้าร่วมประชุมโดยพร้อมเพรียงกัน</p>"


@pytest.fixture
def real(world):
    Office.objects.filter(pk=world.office.pk).update(
        name="สำนักงานเขตพื้นที่การศึกษาประถมศึกษาพัทลุง เขต 2",
        short_name="สพป.พัทลุง เขต 2",
        address="99 หมู่ 1 ตำบลตัวอย่าง\nอำเภอป่าบอน จังหวัดพัทลุง 93170",
        phone="0 7469 5911-17",
        email="saraban@phatthalung2.example",
    )
    Unit.objects.filter(pk=world.group.pk).update(
        name="กลุ่มส่งเสริมการจัดการศึกษา", phone="0 7469 5911 ต่อ 12"
    )
    m = world.membership(world.director)
    Position.objects.filter(pk=m.position_id).update(title="ผู้อำนวยการ", names_unit=True)
    u = world.schools[0]
    Unit.objects.filter(pk=u.pk).update(
        name="โรงเรียนบ้านควนพร้าว",
        letter_code="ศธ 04108.012",
        phone="0 7400 0012",
        email="s93010012@phatthalung2.example",
    )
    School.objects.filter(unit=u).update(tambon="พนมวังก์", amphoe="ควนขนุน")
    for p, t in ((world.principals[0], "ผู้อำนวยการ"),):
        mm = p.memberships.get()
        mm.position = Position.objects.get(office=world.office, title="ผู้อำนวยการ")
        mm.save()
    for k in ("office", "group"):
        getattr(world, k).refresh_from_db()
    world.schools[0].refresh_from_db()
    for x in (world.director, world.principals[0]):
        pass
    return world


def re(l):
    return Letter.objects.select_related(
        "unit__office", "drafter", "signer", "entry__register"
    ).get(pk=l.pk)


def save(name, data):
    (OUT / f"{name}.pdf").write_bytes(data)


def test_look(real):
    w = real
    d = make.draft(w, body=P1, subject="การประชุมผู้บริหารสถานศึกษาในสังกัด ครั้งที่ 11/2569")
    save("draft", letter_pdf(re(d)))
    s = make.signed(w, body=P1, subject="การประชุมผู้บริหารสถานศึกษาในสังกัด ครั้งที่ 11/2569")
    save("one", letter_pdf(re(s)))
    acting(w.deputy, w.membership(w.director), ActingKind.IN_PLACE)
    w.deputy = type(w.deputy).objects.get(pk=w.deputy.pk)
    l = make.draft(
        w,
        subject="ขอความร่วมมือประชาสัมพันธ์การรับสมัครนักเรียนเข้าศึกษาต่อชั้นมัธยมศึกษาปีที่ 1 และการจัดสรรโอกาสทางการศึกษา ประจำปีการศึกษา 2570 ของสำนักงานคณะกรรมการการศึกษาขั้นพื้นฐาน",
        body=P1[: -0 or None]
        + "<ol><li>ประกาศรับสมัคร<ul><li>ย่อยหนึ่ง</li><li>ย่อยสอง</li></ul></li><li>กำหนดการสอบคัดเลือกและการรายงานตัวของนักเรียนที่ผ่านการคัดเลือกในแต่ละประเภทการรับสมัคร</li></ol>"
        + "<table><thead><tr><th>ที่</th><th>โรงเรียน</th><th>จำนวนห้อง</th></tr></thead><tbody>"
        + "".join(
            f"<tr><td>{i}</td><td>โรงเรียนบ้านตัวอย่างที่ {i}</td><td>{i * 2}</td></tr>"
            for i in range(1, 9)
        )
        + "</tbody></table>"
        + P1 * 2,
        copies_to="กลุ่มอำนวยการ\nหน่วยตรวจสอบภายใน",
    )
    f = [
        (make.some_file(w.office, f"{i}.pdf", b"%PDF-1.7 " + bytes([i])), t)
        for i, t in (
            (65, "แผ่นพับประชาสัมพันธ์การรับนักเรียนของสถานศึกษาในสังกัด จำนวน 1 ชุด"),
            (66, "ปฏิทินการรับสมัคร จำนวน 2 แผ่น"),
        )
    ]
    for i, (file, t) in enumerate(f, 1):
        Attachment.objects.create(letter=l, file=file, title=t, position=i)
    Reference.objects.create(
        letter=l,
        text="หนังสือสำนักงานคณะกรรมการการศึกษาขั้นพื้นฐาน ที่ ศธ 04006/ว 2345 ลงวันที่ 1 พฤศจิกายน 2569",
    )
    l = letters.submit(letter=l, actor=w.officer)
    for a in (w.group_director, w.deputy):
        l = letters.endorse(letter=l, actor=a, revision=l.revision)
    l = letters.sign(letter=l, actor=w.deputy, revision=l.revision)
    save("two", letter_pdf(re(l)))
    c = make.for_signature(w, speed="most_urgent", secrecy="confidential", body=P1, kind="letter")
    c = letters.sign(letter=c, actor=w.director, revision=c.revision)
    save("urgent", letter_pdf(re(c)))
    sl = make.school_letter(
        w,
        to=[w.schools[1]],
        subject="ขอเชิญร่วมกิจกรรมเปิดบ้านวิชาการ",
        addressee="ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษาประถมศึกษาพัทลุง เขต 2",
        body=P1,
    )
    sl = letters.submit(letter=sl, actor=w.clerks[0])
    sl = letters.sign(letter=sl, actor=w.principals[0], revision=sl.revision)
    save("school", letter_pdf(re(sl)))
    st = sealed_letter(re(s))
    print(st.name, st.size)
def test_memory(real):
    import psutil, time
    from circulars.pdf import preview_drawing
    s=re(make.signed(real, body=P1)); p=psutil.Process()
    for i in range(121):
        if i==20: t=time.time()
        if i%20==0: print(i, p.memory_info().rss//2**20)
        letter_pdf(s)
    print("ms per letter", (time.time()-t)*10)
    t=time.time(); [preview_drawing(s) for _ in range(40)]; print("drawing ms", (time.time()-t)*25, p.memory_info().rss//2**20)
    t=time.time(); [sealed_letter(s) for _ in range(20)]; print("sealed ms", (time.time()-t)*50, p.memory_info().rss//2**20)
