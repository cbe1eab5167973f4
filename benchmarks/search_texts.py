"""Words like Thai, as common and as rare as in letters, and texts of them; made up."""

from collections.abc import Iterator
from itertools import accumulate
from random import Random

SEED = 2569
WORDS = 4_000
SUBJECT_WORDS, BODY_WORDS = 7, 125
"""A body of these has about 2.1 kB, a page of a letter."""

COMMON = (
    "การ", "ที่", "และ", "ของ", "ใน", "เป็น", "ให้", "ได้", "โรงเรียน", "จะ", "มี", "นักเรียน",
    "ประชุม", "ตาม", "สำนักงาน", "ข้อมูล", "โครงการ", "การศึกษา", "พัฒนา", "ผู้บริหาร",
)  # fmt: skip
_HEADS = "กขคงจชซญดตทนบปผพฟมยรลวสหอ"
_VOWELS = ("า", "ิ", "ี", "ุ", "ู", "ะ", "ือ", "ัว", "็", "อ", "ำ")
_FRONT = ("เ", "แ", "โ", "ไ", "ใ", "", "", "", "")
_TONES = ("", "", "", "่", "้")
_TAILS = ("", "ก", "ง", "น", "ม", "ย", "ว", "ด", "บ")


class Texts:
    """The same texts every time for the same seed."""

    def __init__(self, seed: int = SEED) -> None:
        self._lot = Random(seed)
        made = {self._word() for _one in range(2 * WORDS)}
        self.words = [*COMMON, *sorted(made - set(COMMON))[:WORDS]]
        self._lot.shuffle(self.words[len(COMMON) :])
        weights = (1 / (rank + 3) for rank in range(len(self.words)))
        self._weights = list(accumulate(weights))

    def letters(self, count: int) -> Iterator[tuple[str, str]]:
        """Subjects and bodies; Thai has no space between words, so few stand here."""
        for number in range(1, count + 1):
            subject = "".join(self._draw(SUBJECT_WORDS))
            words = self._draw(BODY_WORDS)
            parts = ("".join(words[start : start + 12]) for start in range(0, BODY_WORDS, 12))
            yield f"{subject} ครั้งที่ {number}", f"<p>{' '.join(parts)} {number * 7}</p>"

    def queries(self, count: int) -> list[str]:
        """In turn a word of any rank, a part of two that touch, a number, two words."""
        made = []
        for number in range(count):
            word, other = self._lot.choices(self.words, k=2)
            common = COMMON[number // 4 % len(COMMON)]
            cut = self._lot.randint(1, max(1, len(common) - 2))
            made.append(
                (word, f"{common[cut:]}{other[:3]}", str(self._lot.randrange(100, 9_999)),
                 f"{common} {word}")[number % 4]
            )  # fmt: skip
        return [*made, *COMMON]

    def _draw(self, count: int) -> list[str]:
        return self._lot.choices(self.words, cum_weights=self._weights, k=count)

    def _word(self) -> str:
        return "".join(self._syllable() for _one in range(self._lot.choice((1, 2, 2, 3, 4))))

    def _syllable(self) -> str:
        pick = self._lot.choice
        front = pick(_FRONT)
        vowel = "" if front else pick(_VOWELS)
        return f"{front}{pick(_HEADS)}{vowel[:1]}{pick(_TONES)}{vowel[1:]}{pick(_TAILS)}"
