"""What the demo office consists of. Everything that is not a published fact is made up."""

from portal.org.enums import Role

OFFICE = {
    "code": "9302",
    "name": "สำนักงานเขตพื้นที่การศึกษาประถมศึกษาพัทลุง เขต 2",
    "short_name": "สพป.พัทลุง เขต 2",
    "letter_code": "ศธ 04108",
    "roman_code": "MOE04108",
    "address": "99 หมู่ 1 ตำบลตัวอย่าง อำเภอป่าบอน จังหวัดพัทลุง 93170 (ที่อยู่สมมติ)",
    "phone": "0 7469 5911-17",
    "email": "saraban@phatthalung2.example",
}

REGISTRY = "สารบรรณกลาง"
EXECUTIVES = "ผู้บริหาร"
ICT_CENTRE = "ศูนย์เทคโนโลยีสารสนเทศและการสื่อสาร"

HEAD = "ผู้อำนวยการ"
DEPUTY_HEAD = "รองผู้อำนวยการ"
TEACHER = "ครูชำนาญการ"
SCHOOL_CLERK = "เจ้าหน้าที่ธุรการโรงเรียน"
CLERK = "เจ้าพนักงานธุรการชำนาญงาน"
COMPUTER = "นักวิชาการคอมพิวเตอร์ปฏิบัติการ"

DEPUTIES = 4

GROUPS: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("กลุ่มอำนวยการ", 15, ("นักจัดการงานทั่วไปชำนาญการ", "นักประชาสัมพันธ์ปฏิบัติการ", CLERK)),
    ("กลุ่มบริหารงานบุคคล", 13, ("นักทรัพยากรบุคคลชำนาญการ", "นิติกรชำนาญการ", CLERK)),
    ("กลุ่มนโยบายและแผน", 10, ("นักวิเคราะห์นโยบายและแผนชำนาญการ", CLERK)),
    ("กลุ่มส่งเสริมการจัดการศึกษา", 13, ("นักวิชาการศึกษาชำนาญการ", CLERK)),
    ("กลุ่มบริหารงานการเงินและสินทรัพย์", 14, ("นักวิชาการเงินและบัญชีชำนาญการ", CLERK)),
    (
        "กลุ่มนิเทศ ติดตามและประเมินผลการจัดการศึกษา",
        18,
        ("ศึกษานิเทศก์ชำนาญการพิเศษ", "ศึกษานิเทศก์ชำนาญการ"),
    ),
    ("หน่วยตรวจสอบภายใน", 3, ("นักวิชาการตรวจสอบภายในชำนาญการ",)),
    ("กลุ่มส่งเสริมสถานศึกษาเอกชน", 5, ("นักวิชาการศึกษาปฏิบัติการ", CLERK)),
)
"""Name, people (made up) and positions of the eight groups."""

POSITION_RANKS = {HEAD: 10, DEPUTY_HEAD: 20, SCHOOL_CLERK: 200, TEACHER: 150, CLERK: 120}
"""Ranks of positions; what is not named stands at 100."""

SPECIAL_POSTS: tuple[tuple[Role, str, str], ...] = (
    (Role.REGISTRY, REGISTRY, CLERK),
    (Role.OFFICER, "กลุ่มส่งเสริมการจัดการศึกษา", "นักวิชาการศึกษาชำนาญการ"),
    (Role.GROUP_REGISTRY, "กลุ่มส่งเสริมการจัดการศึกษา", CLERK),
    (Role.PR_OFFICER, "กลุ่มอำนวยการ", "นักประชาสัมพันธ์ปฏิบัติการ"),
    (Role.COMPLAINT_OFFICER, "กลุ่มอำนวยการ", "นักจัดการงานทั่วไปชำนาญการ"),
    (Role.IDENTITY_CUSTODIAN, "กลุ่มบริหารงานบุคคล", "นิติกรชำนาญการ"),
    (Role.JOURNAL_EDITOR, "กลุ่มอำนวยการ", "นักจัดการงานทั่วไปชำนาญการ"),
    (Role.DATA_OFFICER, "กลุ่มนโยบายและแผน", "นักวิเคราะห์นโยบายและแผนชำนาญการ"),
    (Role.AUDITOR, "หน่วยตรวจสอบภายใน", "นักวิชาการตรวจสอบภายในชำนาญการ"),
    (Role.SYSADMIN, ICT_CENTRE, COMPUTER),
)
"""The accounts of ``USERNAMES`` that are not heads and not in a school."""

NAMED_GROUP = "กลุ่มส่งเสริมการจัดการศึกษา"
"""The group of the account ``groupdirector``: that of ``officer``, so that letters can rise."""

NAMED_SCHOOL = "93010048"
"""The school of the accounts ``principal``, ``schoolclerk`` and ``teacher``."""

NETWORKS = (
    "ตะโหมด",
    "ทุ่งธงทอง",
    "บูรพาป่าบอน",
    "สองเกาะ",
    "รังสีตรีมิตร",
    "พันธปัญญา",
    "ควนขนุนหานโพธิ์",
    "มิตรภาพเขาชัยสน",
    "ไพรวัลย์/คีรีรัตน์",
)

NETWORK_OF_AMPHOE = {
    "ตะโหมด": "ตะโหมด",
    "กงหรา": "ไพรวัลย์/คีรีรัตน์",
    "บางแก้ว": "พันธปัญญา",
    "ปากพะยูน": "รังสีตรีมิตร",
    "ป่าบอน": "บูรพาป่าบอน",
    "เขาชัยสน": "มิตรภาพเขาชัยสน",
}
"""Which school is in which network is not published: by amphoe, and by tambon below."""

NETWORK_OF_TAMBON = {
    ("ปากพะยูน", "เกาะหมาก"): "สองเกาะ",
    ("ปากพะยูน", "เกาะนางคำ"): "สองเกาะ",
    ("ป่าบอน", "ทุ่งนารี"): "ทุ่งธงทอง",
    ("ป่าบอน", "หนองธง"): "ทุ่งธงทอง",
    ("เขาชัยสน", "ควนขนุน"): "ควนขนุนหานโพธิ์",
    ("เขาชัยสน", "หานโพธิ์"): "ควนขนุนหานโพธิ์",
}

SIZES = {"small": 70, "medium": 36, "large": 8}
"""Made up, to fit about 12,000 pupils; dealt out to the schools by lot."""

PHONE_LINES = (
    ("โทรศัพท์กลาง", "0 7469 5911", "", True),
    ("สายตรง", "0 7469 5912", "กลุ่มอำนวยการ", True),
    ("สายตรง", "0 7469 5913", "กลุ่มบริหารงานบุคคล", True),
    ("สายตรง", "0 7469 5914", "กลุ่มนโยบายและแผน", True),
    ("สายตรง", "0 7469 5915", "กลุ่มส่งเสริมการจัดการศึกษา", True),
    ("สายตรง", "0 7469 5916", "กลุ่มบริหารงานการเงินและสินทรัพย์", True),
    ("โทรสาร", "0 7469 5917", "", True),
    ("ห้องเครื่องแม่ข่าย", "ต่อ 199", ICT_CENTRE, False),
)
"""The seven lines of the office are known, whose they are is made up; the last is internal."""

PR_COMMITTEE = "คณะกรรมการเครือข่ายประชาสัมพันธ์"
JOURNAL_COMMITTEE = "คณะกรรมการจัดทำวารสาร"
FLOWER_TEAMS = ("มะลิ", "ดาวเรือง", "พุทธรักษา", "บัวหลวง")
AREA_BODIES = ("กพท.", "อ.ก.ค.ศ. เขตพื้นที่การศึกษา", "ก.ต.ป.น.")
