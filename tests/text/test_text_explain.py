# ruff: noqa: E501 (messages stand here whole, as they are printed)
"""What a curator reads when a value is wrong: every message, word for word (battery E2)."""

import pytest

from heritage.model.documents import Monument, Site, Tour
from heritage.model.errors import InputError
from heritage.text.yaml import parse_yaml

TOUR = """\
monument: Ngo-Mon
stops:
  - id: 2019
    show: {epoch: "2024", state: "1885"}
    view: {eye_m: [1, 2], target_m: [0, "1", .nan], fov_deg: 400}
    narratoin: {vi: a.mp3}
  - id: b
    dwell_s: -1
    move: {easing: smoth, seconds: 1e9}
    sun: {day: 21.06.2024, time: 7:30}
    narration: {VI: media/a.mp3, en: /abs}
    compare: {left: {}, right: {epoch: yes}}
"""

MONUMENT = """\
title: {vi: Ngọ Môn, no: Porten, en: "Gate\\x0b"}
epochs:
  - {id: "2019", source: ../../etc/passwd, captured: "2019-03-14"}
  - {id: 2024, source: scans\\2024.laz, units: furlong}
registration: {method: gpc, settled: "yes", prior: {lon: 200, scale: 0}}
compare: {reference: "2019"}
"""

SITE = """\
title: Huế
languages: []
crs: 32648
rights: {licence: 1.10, url: "javascript:alert(1)"}
credits: [{role: survey}]
heights: ellipsoid
ground_m: true
opening: {eye_m: [0, 0, 0], target_m: [0, 0, 0]}
footprints:
"""


def messages(text: str, model: type, shown: str) -> list[str]:
    """All problems of a text."""
    with pytest.raises(InputError) as caught:
        parse_yaml(text, model, shown)
    return [str(problem) for problem in caught.value.problems]


def test_a_tour() -> None:
    keys = "id, show, compare, section, view, place, sun, move, dwell_s, narration, captions, annotations, accept"
    path = "a path inside the site folder, with forward slashes and without '..' is allowed"

    assert messages(TOUR, Tour, "tours/gate/tour.yaml") == [
        'tours/gate/tour.yaml:1: monument is "Ngo-Mon"; 1 to 64 of the characters a-z, 0-9 and - are allowed; use small letters',
        'tours/gate/tour.yaml:3: stops[0].id is 2019, which YAML does not read as text; text is allowed; write it in quotes: "2019"',
        "tours/gate/tour.yaml:4: stops[0].show has epoch, state; exactly one of epoch and state",
        "tours/gate/tour.yaml:5: stops[0].view.eye_m has 2 items; a list of 3 is allowed",
        'tours/gate/tour.yaml:5: stops[0].view.target_m[1] is "1", which is text; -100,000,000..100,000,000 is allowed; write it without quotes',
        "tours/gate/tour.yaml:5: stops[0].view.target_m[2] is .nan; -100,000,000..100,000,000 is allowed",
        "tours/gate/tour.yaml:5: stops[0].view.fov_deg is 400; 10..120 is allowed",
        f'tours/gate/tour.yaml:6: unknown key stops[0].narratoin; {keys} are allowed; did you mean "narration"?',
        "tours/gate/tour.yaml:8: stops[1].dwell_s is -1; 0..600 is allowed",
        "tours/gate/tour.yaml:9: stops[1].move.seconds is 1e9; 0..60 is allowed",
        'tours/gate/tour.yaml:9: stops[1].move.easing is "smoth"; smooth, linear, cut are allowed; did you mean "smooth"?',
        'tours/gate/tour.yaml:10: stops[1].sun.day is "21.06.2024", which is text; a date such as 2019-03-14 is allowed',
        'tours/gate/tour.yaml:10: stops[1].sun.time is "7:30"; an hour such as "07:30" is allowed',
        "tours/gate/tour.yaml:11: the key stops[1].narration.VI is no language; "
        "a language tag (BCP 47) such as vi, en or pt-BR is allowed; use small letters",
        f'tours/gate/tour.yaml:11: stops[1].narration.en is "/abs"; {path}',
        "tours/gate/tour.yaml:12: stops[1].compare.left has no keys; exactly one of epoch and state",
    ]


def test_a_monument() -> None:
    path = "a path inside the site folder, with forward slashes and without '..' is allowed"

    assert messages(MONUMENT, Monument, "m.yaml") == [
        'm.yaml:1: title.en is "Gate\\x0b"; text without control characters is allowed',
        'm.yaml:3: epochs[0].captured is "2019-03-14", which is text; a date such as 2019-03-14 is allowed; write it without quotes',
        f'm.yaml:3: epochs[0].source is "../../etc/passwd"; {path}',
        'm.yaml:4: epochs[1].id is 2024, which YAML does not read as text; text is allowed; write it in quotes: "2024"',
        f'm.yaml:4: epochs[1].source is "scans\\2024.laz"; {path}',
        'm.yaml:4: epochs[1].units is "furlong"; m, mm, cm, km, ft, us-ft, in are allowed',
        'm.yaml:5: registration.method is "gpc"; auto, footprint, gcp, crs, prior, hand, none are allowed; did you mean "gcp"?',
        "m.yaml:5: registration.prior.lon is 200; -180..180 is allowed",
        "m.yaml:5: registration.prior.scale is 0; more than 0 is allowed",
        'm.yaml:5: registration.settled is "yes", which is text; true or false is allowed',
        "m.yaml:6: compare is a mapping; a list is allowed",
    ]


def test_a_site() -> None:
    assert messages(SITE, Site, "site.yaml") == [
        'site.yaml:1: title is "Huế"; text per language (en: …) is allowed',
        "site.yaml:2: languages has 0 items; a list of at least 1 is allowed",
        'site.yaml:3: crs is 32648, which YAML does not read as text; text is allowed; write it in quotes: "32648"',
        'site.yaml:4: rights.licence is 1.10, which YAML does not read as text; text is allowed; write it in quotes: "1.10"',
        'site.yaml:4: rights.url is "javascript:alert(1)"; a web address that starts with https:// or http:// is allowed',
        "site.yaml:5: credits[0].name is missing; text is allowed; add name: …",
        'site.yaml:6: heights is "ellipsoid"; unknown, ellipsoidal, orthometric are allowed; did you mean "ellipsoidal"?',
        "site.yaml:7: ground_m is true; -1,000,000,000..1,000,000,000 is allowed",
        "site.yaml:8: opening has eye_m, target_m; eye_m and target_m are the same point; they must differ",
    ]


def test_all_that_is_missing_is_named_at_once() -> None:
    assert messages("description: {en: x}\n", Site, "site.yaml") == [
        "site.yaml:1: title is missing; text per language (en: …) is allowed; add title: …",
        "site.yaml:1: languages is missing; a list of at least 1 is allowed; add languages: …",
        "site.yaml:1: crs is missing; text is allowed; add crs: …",
        "site.yaml:1: rights is missing; a mapping (key: value) is allowed; add rights: …",
    ]


@pytest.mark.parametrize("fov", ["0", "180", ".nan", ".inf", "-.inf", "9.99", "120.01", "1" + "0" * 400])
def test_fields_of_view_out_of_range(fov: str) -> None:
    text = f"monument: a\nstops:\n  - id: a\n    view: {{eye_m: [0, 0, 1], target_m: [0, 0, 0], fov_deg: {fov}}}\n"

    assert messages(text, Tour, "t.yaml")[0].startswith("t.yaml:4: stops[0].view.fov_deg is ")


def test_ten_thousand_stops_are_too_many() -> None:
    text = "monument: a\nstops:\n" + "".join(f"  - {{id: s{n}}}\n" for n in range(10_000))

    assert messages(text, Tour, "t.yaml") == [
        "t.yaml:2: stops has 10000 items; a list of 1 to 500 is allowed"
    ]


@pytest.mark.parametrize(
    ("section", "keys"),
    [
        ("{across: x}", "across"),
        ("{at_m: 1}", "at_m"),
        ("{across: x, at_m: 1, from_m: [0, 0], to_m: [1, 0]}", "across, at_m, from_m, to_m"),
        ("{from_m: [0, 0]}", "from_m"),
    ],
)
def test_a_section_is_one_plane(section: str, keys: str) -> None:
    text = f"monument: a\nstops:\n  - id: a\n    section: {section}\n"

    assert messages(text, Tour, "t.yaml") == [
        f"t.yaml:4: stops[0].section has {keys}; either across and at_m, or from_m and to_m"
    ]


def test_two_ends_of_a_section_in_one_place_give_no_plane() -> None:
    text = "monument: a\nstops:\n  - id: a\n    section: {from_m: [1, 1], to_m: [1, 1.001]}\n"

    assert messages(text, Tour, "t.yaml") == [
        "t.yaml:4: stops[0].section has from_m, to_m; from_m and to_m must lie 0.01 m apart or more"
    ]


@pytest.mark.parametrize("value", ["1e308", "-2e8", ".inf", ".nan"])
def test_a_coordinate_that_nothing_can_have_is_refused_in_one_line(value: str) -> None:
    text = f"monument: gate\nstops:\n- {{id: a, show: {{epoch: b}}, view: {{eye_m: [{value}, 0, 0], target_m: [0, 0, 6]}}}}\n"

    assert messages(text, Tour, "tour.yaml") == [
        f"tour.yaml:3: stops[0].view.eye_m[0] is {value}; -100,000,000..100,000,000 is allowed"
    ]


def test_coordinates_of_a_crs_may_be_larger_and_have_a_limit_too() -> None:
    def point(x: str) -> str:
        pair = f"{{name: P1, at_m: [0, 0, 0], crs_m: [{x}, 1822304, 5]}}"
        epochs = "epochs: [{id: a, source: scans/a.ply}]"
        return f"title: {{en: x}}\n{epochs}\nregistration: {{method: gcp, points: [{pair}]}}\n"

    parse_yaml(point("60500000.5"), Monument, "monument.yaml")
    assert messages(point("1e308"), Monument, "monument.yaml") == [
        "monument.yaml:3: registration.points[0].crs_m[0] is 1e308; -1,000,000,000..1,000,000,000 is allowed"
    ]


def test_a_decimal_comma_is_told_as_one() -> None:
    def prior(words: str) -> str:
        return "title: {en: x}\nepochs: [{id: a, source: a.ply}]\nregistration:\n  prior: " + words

    assert messages(prior("{lon: 107,5783, lat: -16,05}\n"), Monument, "m.yaml") == [
        "m.yaml:4: the key 5783 is not read as text; text is allowed as a key; write a decimal with a point: 107.5783",
        "m.yaml:4: the key 05 is not read as text; text is allowed as a key; write a decimal with a point: -16.05",
    ]
    assert messages(prior("\n    lon: 107,5783\n    lat: '16.05'\n"), Monument, "m.yaml") == [
        'm.yaml:5: registration.prior.lon is "107,5783", which is text; -180..180 is allowed; write it with a point: 107.5783',
        'm.yaml:6: registration.prior.lat is "16.05", which is text; -90..90 is allowed; write it without quotes',
    ]
