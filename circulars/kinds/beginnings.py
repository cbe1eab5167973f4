"""With what words the text of some forms begins; ``{…}`` is filled in by the drafter."""

_ARTICLES = (
    "<p>โดยที่เป็นการสมควร{เหตุผล}</p>"
    "<p>อาศัยอำนาจตามความใน{กฎหมายที่ให้อำนาจ} จึงวาง%(word)sไว้ ดังต่อไปนี้</p>"
    "<p>ข้อ 1 %(word)sนี้เรียกว่า “%(word)s{ส่วนราชการ} ว่าด้วย{ชื่อ} พ.ศ. {ปี}”</p>"
    "<p>ข้อ 2 %(word)sนี้ให้ใช้บังคับตั้งแต่{วันใช้บังคับ} เป็นต้นไป</p>"
    "<p>ข้อ 3 {ข้อความ}</p>"
    "<p>ข้อ 4 ให้{ผู้รักษาการ} รักษาการตาม%(word)sนี้</p>"
)

RULE_TEXT = _ARTICLES % {"word": "ระเบียบ"}
"""Clause 17.6: article 1 is the name, 2 the day it begins, the last who sees to it."""

BYLAW_TEXT = _ARTICLES % {"word": "ข้อบังคับ"}
"""Clause 18.6."""
