"""The few words that the server itself says, in the languages that ship."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "name": "English",
        "monuments": "Monuments",
        "tours": "Tours",
        "stops": "{count} stops",
        "stop": "1 stop",
        "report": "Measurements",
        "script": "The 3D map needs JavaScript. Everything that can be read without it is here.",
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
        "tours": "Visites",
        "stops": "{count} étapes",
        "stop": "1 étape",
        "report": "Mesures",
        "script": "La carte 3D a besoin de JavaScript. Tout ce qui se lit sans lui est ici.",
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
        "tours": "Chuyến tham quan",
        "stops": "{count} điểm dừng",
        "stop": "1 điểm dừng",
        "report": "Số liệu đo",
        "script": "Bản đồ 3D cần JavaScript. Những gì đọc được mà không cần nó đều ở đây.",
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
RIGHT_TO_LEFT: Final = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "ug", "ur", "yi"})


def words(language: str) -> Mapping[str, str]:
    """The server's words in ``language``, else in English."""
    return WORDS.get(language.split("-")[0].lower(), WORDS["en"])


def own_name(language: str) -> str:
    """A language's name in itself, else its tag."""
    return WORDS[language]["name"] if language in WORDS else language


def direction(language: str) -> str:
    """``rtl`` or ``ltr``, for ``dir``."""
    return "rtl" if language.split("-")[0].lower() in RIGHT_TO_LEFT else "ltr"


def spoken(texts: Mapping[str, str], language: str, languages: Sequence[str]) -> str:
    """``texts`` in ``language``, else in the first of ``languages`` it has, else in any; empty if it has none."""
    for wanted in (language, *languages, *texts):
        if wanted in texts:
            return texts[wanted]
    return ""
