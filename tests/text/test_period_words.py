"""What visitors read of a time, in three languages, for every form of EDTF's levels 0 and 1: written by hand."""

from __future__ import annotations

import pytest

from heritage.text.period import read_period
from heritage.text.period_languages import LANGUAGES
from heritage.text.period_words import period_words

# EDTF | English | Vietnamese | French
TRUTH = """
1985 | 1985 | 1985 | 1985
1985-04 | April 1985 | tháng 4 năm 1985 | avril 1985
1985-04-12 | 12 April 1985 | 12 tháng 4 năm 1985 | 12 avril 1985
1985-08-01 | 1 August 1985 | 1 tháng 8 năm 1985 | 1er août 1985
1844~ | around 1844 | khoảng năm 1844 | vers 1844
1844? | perhaps 1844 | có lẽ năm 1844 | peut-être 1844
1844% | perhaps around 1844 | có lẽ khoảng năm 1844 | peut-être vers 1844
2004-06~ | around June 2004 | khoảng tháng 6 năm 2004 | vers juin 2004
2004-06-11% | perhaps around 11 June 2004 | có lẽ khoảng ngày 11 tháng 6 năm 2004 | peut-être vers le 11 juin 2004
2004-06-11? | perhaps 11 June 2004 | có lẽ ngày 11 tháng 6 năm 2004 | peut-être le 11 juin 2004
184X | 1840s | thập niên 1840 | années 1840
184X~ | around the 1840s | khoảng thập niên 1840 | vers les années 1840
184X? | perhaps the 1840s | có lẽ thập niên 1840 | peut-être les années 1840
180X | 1800–1809 | 1800–1809 | 1800–1809
180X~ | around 1800–1809 | khoảng năm 1800–1809 | vers 1800–1809
18XX | 19th century | thế kỷ XIX | XIXe siècle
18XX~ | around the 19th century | khoảng thế kỷ XIX | vers le XIXe siècle
18XX% | perhaps around the 19th century | có lẽ khoảng thế kỷ XIX | peut-être vers le XIXe siècle
00XX | 1st century | thế kỷ I | Ier siècle
01XX | 2nd century | thế kỷ II | IIe siècle
02XX | 3rd century | thế kỷ III | IIIe siècle
03XX | 4th century | thế kỷ IV | IVe siècle
10XX | 11th century | thế kỷ XI | XIe siècle
11XX | 12th century | thế kỷ XII | XIIe siècle
12XX | 13th century | thế kỷ XIII | XIIIe siècle
89XX | 90th century | thế kỷ XC | XCe siècle
20XX | 21st century | thế kỷ XXI | XXIe siècle
-01XX | 2nd century BC | thế kỷ II TCN | IIe siècle av. J.-C.
-00XX | 1st century BC | thế kỷ I TCN | Ier siècle av. J.-C.
-019X | 200 BC – 191 BC | 200 TCN – 191 TCN | 200 av. J.-C. – 191 av. J.-C.
2004-XX | 2004 | 2004 | 2004
1985-04-XX | April 1985 | tháng 4 năm 1985 | avril 1985
1985-XX-XX | 1985 | 1985 | 1985
2001-21 | spring 2001 | mùa xuân năm 2001 | printemps 2001
2001-22 | summer 2001 | mùa hè năm 2001 | été 2001
2001-23 | autumn 2001 | mùa thu năm 2001 | automne 2001
2001-24 | winter 2001 | mùa đông năm 2001 | hiver 2001
1805/1833 | 1805–1833 | 1805–1833 | 1805–1833
2004-06/2006-08 | June 2004 – August 2006 | tháng 6 năm 2004 – tháng 8 năm 2006 | juin 2004 – août 2006
2004-02-01/2005 | 1 February 2004 – 2005 | 1 tháng 2 năm 2004 – 2005 | 1er février 2004 – 2005
2005/2006-02 | 2005 – February 2006 | 2005 – tháng 2 năm 2006 | 2005 – février 2006
1805~/1833? | around 1805 – perhaps 1833 | khoảng năm 1805 – có lẽ năm 1833 | vers 1805 – peut-être 1833
184X/186X | 1840s–1860s | thập niên 1840 – thập niên 1860 | années 1840 – années 1860
18XX/19XX | 19th century – 20th century | thế kỷ XIX – thế kỷ XX | XIXe siècle – XXe siècle
1985/.. | since 1985 | từ năm 1985 | depuis 1985
1985~/.. | since around 1985 | từ khoảng năm 1985 | depuis 1985 environ
1985?/.. | perhaps since 1985 | có lẽ từ năm 1985 | peut-être depuis 1985
1985-04-12/.. | since 12 April 1985 | từ ngày 12 tháng 4 năm 1985 | depuis le 12 avril 1985
2001-22/.. | since summer 2001 | từ mùa hè năm 2001 | depuis l’été 2001
../1985 | until 1985 | đến năm 1985 | jusqu’en 1985
../1985~ | until around 1985 | đến khoảng năm 1985 | jusque vers 1985
../1985-04 | until April 1985 | đến tháng 4 năm 1985 | jusqu’en avril 1985
../1985-04-12 | until 12 April 1985 | đến ngày 12 tháng 4 năm 1985 | jusqu’au 12 avril 1985
../2001-21 | until spring 2001 | đến mùa xuân năm 2001 | jusqu’au printemps 2001
../2001-24 | until winter 2001 | đến mùa đông năm 2001 | jusqu’à l’hiver 2001
1985/ | from 1985, end unknown | từ năm 1985, không rõ kết thúc | dès 1985, fin inconnue
1985~/ | from around 1985, end unknown | từ khoảng năm 1985, không rõ kết thúc | dès 1985 environ, fin inconnue
1985?/ | perhaps from 1985, end unknown | có lẽ từ năm 1985, không rõ kết thúc | peut-être dès 1985, fin inconnue
/1985 | until 1985, beginning unknown | đến năm 1985, không rõ khởi đầu | jusqu’en 1985, début inconnu
../.. | time unknown | không rõ thời gian | date inconnue
0079 | AD 79 | 79 SCN | 79 apr. J.-C.
0000 | 1 BC | 1 TCN | 1 av. J.-C.
-0200~ | around 201 BC | khoảng năm 201 TCN | vers 201 av. J.-C.
-0399/-0200 | 400 BC – 201 BC | 400 TCN – 201 TCN | 400 av. J.-C. – 201 av. J.-C.
Y20000 | 20000 | 20000 | 20000
[1667,1668,1670..1672] | 1667–1672 | 1667–1672 | 1667–1672
[..1760-12-03] | until 1760 | đến năm 1760 | jusqu’en 1760
1950S2 | 1900–1999 | 1900–1999 | 1900–1999
1950S3~ | around 1950–1959 | khoảng năm 1950–1959 | vers 1950–1959
1950S2/.. | since 1900 | từ năm 1900 | depuis 1900
1XXX | 1000–1999 | 1000–1999 | 1000–1999
2004-06~-11 | around 11 June 2004 | khoảng ngày 11 tháng 6 năm 2004 | vers le 11 juin 2004
156X-12-25 | 1560–1569 | 1560–1569 | 1560–1569
2001-25 | 2001 | 2001 | 2001
"""
ROWS = [tuple(cell.strip() for cell in row.split("|")) for row in TRUTH.strip().splitlines()]


@pytest.mark.parametrize(("edtf", "english", "vietnamese", "french"), ROWS, ids=[row[0] for row in ROWS])
def test_a_time_is_told_in_three_languages(edtf: str, english: str, vietnamese: str, french: str) -> None:
    period = read_period(edtf)

    assert period is not None
    assert period.words == {"en": english, "vi": vietnamese, "fr": french}


def test_every_form_of_levels_0_and_1_is_told_part_by_part_and_without_its_signs() -> None:
    """Without bounds, so that what is not understood as it is written would be of unknown time."""
    dates = ["1844", "184X", "18XX", "1844-05", "1844-05-02", "1844-22", "-0200", "Y20000"]
    marked = [date + mark for date in dates for mark in ("", "?", "~", "%")]
    forms = [
        *marked,
        *(f"{a}/{b}" for a in [*marked, "..", ""] for b in [*marked, "..", ""] if {a, b} & {*marked}),
    ]
    told = {form: period_words(form, None, None) for form in forms}

    assert len(told) > 1000
    for name, language in LANGUAGES.items():
        words = [of[name] for of in told.values()]
        assert language.nothing not in words
        assert not {sign for text in words for sign in text} & set("?~%/")
        # No two are told alike: those of which a mark or an end were lost would be.
        assert len(set(words)) == len(words)


def test_words_are_those_of_the_interface() -> None:
    period = read_period("1844~")

    assert period is not None
    assert set(period.words) == set(LANGUAGES) == {"en", "fr", "vi"}
