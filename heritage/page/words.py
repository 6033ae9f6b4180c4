"""The few words that the server itself says, in the languages that ship."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

_MOST_DECIMALS: Final = 6

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "name": "English",
        "monuments": "Monuments",
        "footprints": "Ground plans",
        "api-text": "Add this address to a GIS such as QGIS as an OGC API – Features source.",
        "data": "Open data",
        "data-lead": "{title}. Everything here may be downloaded and used under the terms that stand beside it.",
        "data-catalogue": "For programs, a catalogue (DCAT and schema.org as JSON-LD):",
        "data-file": "File",
        "data-type": "Type",
        "data-size": "Size",
        "data-items": "{count} features.",
        "annotations": "Annotations",
        "tours": "Tours",
        "stops": "{count} stops",
        "stop": "1 stop",
        "report": "Measurements",
        "script": "The 3D map needs JavaScript. Everything that can be read without it is here.",
        "as-text": "As text",
        "play": "Play this tour in 3D",
        "all-stops": "Stops",
        "listen": "Listen",
        "transcript": "What is said",
        "measured": "Measured {when}",
        "surveyed": "Measured",
        "interpreted": "An interpretation, not a measurement. Certainty: {certainty}.",
        "documented": "documented",
        "probable": "probable",
        "conjectural": "conjectural",
        "evidence": "It rests on:",
        "partly": "partly {certainty}",
        "no evidence": "No source: {reason}.",
        "beside": "Left: {left}. Right: {right}.",
        "cut-across": "Section square to the {axis} axis at {at} m",
        "cut-level": "Plan at a height of {at} m",
        "cut-line": "Section from ({from}) to ({to})",
        "cut-of": "{cut}: {conditions}.",
        "cut-none": "{cut}: nothing is cut there.",
        "overlay": "{left}. Laid over it, at {opacity} %: {right}.",
        "answer": "The answer",
        "right answer": "{letter}: {answer}",
        "stand": "Where to stand",
        "open map": "Open in a map",
        "change": "Change. Before: {left}. After: {right}. Blue is lost, orange is gained, up to {range} mm; "
        "light grey is no significant change, hatched grey was not compared.",
        "home": "To the first page",
        "missing": "This page does not exist",
        "missing-text": "It may have moved, or the address has a slip in it.",
        "refused": "This request was not understood",
        "refused-text": "Please open the first page of the site.",
        "failed": "Something went wrong here",
        "failed-text": "It is not your fault. Please try again in a few minutes.",
        "empty": "Nothing has been published yet",
        "empty-text": "The map of this place is being made. Please come back later.",
        "empty-curator": "If you look after this site, run this in its folder, then load the page again:",
    },
    "fr": {
        "name": "Français",
        "monuments": "Monuments",
        "footprints": "Emprises au sol",
        "api-text": "Ajoutez cette adresse dans un SIG comme QGIS, en tant que source OGC API – Features.",
        "data": "Données ouvertes",
        "data-lead": "{title}. Tout ce qui est ici peut être téléchargé et utilisé aux conditions indiquées.",
        "data-catalogue": "Pour les programmes, un catalogue (DCAT et schema.org en JSON-LD) :",
        "data-file": "Fichier",
        "data-type": "Type",
        "data-size": "Taille",
        "data-items": "{count} entités.",
        "annotations": "Annotations",
        "tours": "Visites",
        "stops": "{count} étapes",
        "stop": "1 étape",
        "report": "Mesures",
        "script": "La carte 3D a besoin de JavaScript. Tout ce qui se lit sans lui est ici.",
        "as-text": "En texte",
        "play": "Suivre cette visite en 3D",
        "all-stops": "Étapes",
        "listen": "Écouter",
        "transcript": "Ce qui est dit",
        "measured": "Mesuré le {when}",
        "surveyed": "Mesuré",
        "interpreted": "Une interprétation, non une mesure. Certitude : {certainty}.",
        "documented": "documentée",
        "probable": "probable",
        "conjectural": "conjecturale",
        "evidence": "Elle s’appuie sur :",
        "partly": "en partie {certainty}",
        "no evidence": "Sans source : {reason}.",
        "beside": "À gauche : {left}. À droite : {right}.",
        "cut-across": "Coupe perpendiculaire à l’axe {axis}, à {at} m",
        "cut-level": "Plan à la hauteur de {at} m",
        "cut-line": "Coupe de ({from}) à ({to})",
        "cut-of": "{cut} : {conditions}.",
        "cut-none": "{cut} : rien n’y est coupé.",
        "overlay": "{left}. Superposé à {opacity} % : {right}.",
        "answer": "La réponse",
        "right answer": "{letter} : {answer}",
        "stand": "Où se placer",
        "open map": "Ouvrir dans une carte",
        "change": "Évolution. Avant : {left}. Après : {right}. En bleu ce qui est perdu, en orange ce qui est gagné, jusqu’à "
        "{range} mm ; en gris clair aucun changement significatif, en gris hachuré ce qui n’a pas été comparé.",
        "home": "Vers la première page",
        "missing": "Cette page n’existe pas",
        "missing-text": "Elle a peut-être changé de place, ou l’adresse contient une faute.",
        "refused": "Cette demande n’a pas été comprise",
        "refused-text": "Veuillez ouvrir la première page du site.",
        "failed": "Une erreur est survenue ici",
        "failed-text": "Vous n’y êtes pour rien. Veuillez réessayer dans quelques minutes.",
        "empty": "Rien n’est encore publié",
        "empty-text": "La carte de ce lieu est en préparation. Revenez plus tard.",
        "empty-curator": "Si vous gérez ce site, lancez ceci dans son dossier, puis rechargez la page :",
    },
    "vi": {
        "name": "Tiếng Việt",
        "monuments": "Di tích",
        "footprints": "Mặt bằng công trình",
        "api-text": "Thêm địa chỉ này vào phần mềm GIS như QGIS, loại nguồn OGC API – Features.",
        "data": "Dữ liệu mở",
        "data-lead": "{title}. Mọi thứ ở đây đều có thể tải về và sử dụng theo các điều kiện ghi bên cạnh.",
        "data-catalogue": "Dành cho phần mềm: danh mục (DCAT và schema.org, dạng JSON-LD):",
        "data-file": "Tệp",
        "data-type": "Loại",
        "data-size": "Dung lượng",
        "data-items": "{count} đối tượng.",
        "annotations": "Ghi chú",
        "tours": "Chuyến tham quan",
        "stops": "{count} điểm dừng",
        "stop": "1 điểm dừng",
        "report": "Số liệu đo",
        "script": "Bản đồ 3D cần JavaScript. Những gì đọc được mà không cần nó đều ở đây.",
        "as-text": "Bản chữ",
        "play": "Xem chuyến tham quan này ở dạng 3D",
        "all-stops": "Các điểm dừng",
        "listen": "Nghe",
        "transcript": "Lời thuyết minh",
        "measured": "Đo vẽ ngày {when}",
        "surveyed": "Đo vẽ",
        "interpreted": "Đây là diễn giải, không phải số đo. Độ chắc chắn: {certainty}.",
        "documented": "có tư liệu",
        "probable": "có thể đúng",
        "conjectural": "phỏng đoán",
        "evidence": "Dựa trên:",
        "partly": "một phần {certainty}",
        "no evidence": "Không có nguồn: {reason}.",
        "beside": "Bên trái: {left}. Bên phải: {right}.",
        "cut-across": "Mặt cắt vuông góc với trục {axis}, tại {at} m",
        "cut-level": "Mặt bằng ở độ cao {at} m",
        "cut-line": "Mặt cắt từ ({from}) đến ({to})",
        "cut-of": "{cut}: {conditions}.",
        "cut-none": "{cut}: mặt phẳng này không cắt qua phần nào.",
        "overlay": "{left}. Phủ lên trên, độ đậm {opacity}%: {right}.",
        "answer": "Đáp án",
        "right answer": "{letter}: {answer}",
        "stand": "Chỗ đứng xem",
        "open map": "Mở trên bản đồ",
        "change": "Thay đổi. Trước: {left}. Sau: {right}. Màu lam là phần mất đi, màu cam là phần thêm vào, đến {range} mm; "
        "xám nhạt là không thay đổi đáng kể, xám gạch chéo là phần không được so sánh.",
        "home": "Về trang đầu",
        "missing": "Trang này không có",
        "missing-text": "Trang có thể đã được chuyển đi, hoặc địa chỉ bị gõ nhầm.",
        "refused": "Không hiểu được yêu cầu này",
        "refused-text": "Xin mở trang đầu của trang web.",
        "failed": "Đã có lỗi ở đây",
        "failed-text": "Lỗi không phải do bạn. Xin thử lại sau vài phút.",
        "empty": "Chưa có gì được công bố",
        "empty-text": "Bản đồ của nơi này đang được thực hiện. Xin trở lại sau.",
        "empty-curator": "Nếu bạn phụ trách trang này, hãy chạy lệnh sau trong thư mục của nó rồi tải lại trang:",
    },
}
_RIGHT_TO_LEFT: Final = frozenset(("adlm", "arab", "hebr", "nkoo", "rohg", "syrc", "thaa"))  # scripts
# Languages that are mostly written in one of these, and, below, where it is the other way: Unicode CLDR's likely subtags.
_LISTED: Final = """
aao abh abv acm acq acw acx adf aeb aec aee aeq afb aib aii aij aiq ajp ajt aju amw apc apd ar ara arb arq ars ary arz
ask atn auj auz avd avl ayh ayl ayn ayp azb bal bcc bdz bej bft bgn bgp bhe bhm bhn bjf bjm bqi brh brk bsh bsk chg
cja ckb cld clh czk dcc def deh dgl div dmk dml drw dv esh fa fas fay faz fia fub gbz ggg gha ghr gig gjk gju glh glk
grr gwc gwf gwt gzi hac haz hbo he heb hkh hnd hno hoh hrt hrz hss huy isk itk iw jad jat jbe jbn jdg ji jnd jog jpa
jpr jrb jye kas kbu kby kcy kfm khw klj kmz kqd ks ktl kvx kxp kzh lad lah lhs lki lrc lrk lrl lsa lsd lss luv luz mby
mde mey mfa mfi mhj mki mnj mve mvy mzb mzn nli nlm nqo ntz nyq oar odk oru ota pbt pbu per pes phl phr phv plk pmu
pnb prc prd prs prx ps psh psi pst pus qxq rdb rhg rmt sbn scl sd sdb sdf sdg sdh sds sgl sgr sgy shd shm shu shv siy
siz skr smy snd sqo sqt srh srz ssh sts swb syc syn syr tjo tks tmr tnf tov tra trg trm trw ug uig ur urd ush uzs vaf
vgr vmh wbk wlo wne wni wsv xhe xka xkc xkj xkp xvi ydd ydg yhd yi yid yih yud zba zdj zrp zum
"""
_LISTED_OTHERWISE: Final = """
az-iq az-ir ha-cm ha-sd kk-af kk-cn kk-ir kk-mn ku-iq ku-ir ku-lb ky-cn ms-cc pa-pk sd-in tg-pk ug-kz ug-mn uz-af
"""
_WRITTEN_SO: Final = frozenset(_LISTED.split())
_BUT_THERE: Final = frozenset(_LISTED_OTHERWISE.split())


def words(language: str) -> Mapping[str, str]:
    """The server's words in ``language``, else in English."""
    return WORDS.get(language.split("-")[0].lower(), WORDS["en"])


def spoken_in(language: str) -> str:
    """The language that `words` are in for a page in ``language``: its own tag, or English."""
    return language if language.split("-")[0].lower() in WORDS else "en"


def number(value: float, digits: int, language: str) -> str:
    """``value`` with ``digits`` decimals as ``language`` writes numbers; a thin space parts thousands, a real minus."""
    text = f"{round(value, digits) + 0.0:,.{digits}f}"  # what rounds to nothing has no sign
    if language.split("-")[0].lower() in ("vi", "fr", "de", "es", "it", "pt"):
        text = text.replace(".", ";").replace(",", "\u202f").replace(";", ",")
    else:
        text = text.replace(",", "\u202f")
    return text.replace("-", "\u2212")


def amount(value: float, digits: int, language: str) -> str:
    """As `number`, with as many more decimals, up to six, as two figures that count need: what is little is not told as
    nothing."""
    needed = 1 - math.floor(math.log10(abs(value))) if value else 0
    return number(value, max(digits, min(needed, _MOST_DECIMALS)), language)


def own_name(language: str) -> str:
    """A language's name in itself, else its tag."""
    return WORDS[language]["name"] if language in WORDS else language


def direction(language: str) -> str:
    """``rtl`` or ``ltr``, for ``dir``: by the script that a BCP 47 tag names, else by that of the language there."""
    tag, *subtags = language.lower().split("-")
    script = next((one for one in subtags if len(one) == 4 and one.isalpha()), None)
    if script is not None:
        return "rtl" if script in _RIGHT_TO_LEFT else "ltr"
    elsewhere = any(f"{tag}-{one}" in _BUT_THERE for one in subtags)
    return "rtl" if (tag in _WRITTEN_SO) != elsewhere else "ltr"


def spoken(texts: Mapping[str, str], language: str, languages: Sequence[str]) -> str:
    """``texts`` in ``language``, else in the first of ``languages`` it has, else in any; empty if it has none."""
    for wanted in (language, *languages, *texts):
        if wanted in texts:
            return texts[wanted]
    return ""
