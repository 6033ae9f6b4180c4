"""Ceilings, each with its reason. Any input ends in success or a named error within these."""

from __future__ import annotations

from typing import Final

SOURCE_FILE_BYTES: Final = 64 * 2**30  # a day of terrestrial scanning; beyond it is a mistake or an attack
POINTS_STREAMED: Final = 2_000_000_000  # the row of a point fits into a signed 32-bit number
READER_BASE_S: Final = 30.0  # CPU that a reader may take for any file; a picture of 16 k takes 4
READER_BYTES_PER_S: Final = 500_000  # and for its size; the slowest, ascii, runs at ten times that
READER_MEMORY_BYTES: Final = 3 * 2**30  # address space of a child that reads a cloud piece by piece
READER_MODEL_MEMORY_BYTES: Final = 6 * 2**30  # and of one that reads a model whole: some 16k textures
LAS_VLRS: Final = 1_000  # honest files have a handful; readers are linear in the claim
LAZ_CHUNK_POINTS: Final = 5_000_000  # a chunk is unpacked whole; writers use 50,000
HEADER_BYTES: Final = 1_000_000
LINE_BYTES: Final = 64_000
FACE_LIST_LENGTH: Final = 64
E57_XML_BYTES: Final = 64 * 2**20  # a scan takes about 5 kB of it, so thousands of scans fit
MODEL_BYTES: Final = 4 * 2**30  # what a GLB can state in its 32-bit length
GLTF_JSON_BYTES: Final = 32 * 2**20
GLTF_NODES: Final = 100_000
GLTF_DEPTH: Final = 64
TEXTURE_SIDE_PX: Final = 16_384  # what photogrammetry tools really write
TEXTURE_PX: Final = 268_435_456
GEOJSON_BYTES: Final = 64 * 2**20
VECTOR_BYTES: Final = 2 * 2**30  # a country's buildings; a site needs a few hundred
RASTER_HEIGHTS_PX: Final = 100_000_000  # 10 km at 1 m; read whole, 4 bytes each
RASTER_PHOTO_PX: Final = 400_000_000  # 1 km at 5 cm; read whole, 4 bytes each
VERTICES: Final = 10_000_000
TILE_BYTES: Final = (
    16 * 2**20
)  # half a minute of a phone's 4 Mbit/s; the largest of 30 million points has 0.8 MB
TILE_TRIANGLES: Final = 500_000  # a phone draws as many in all; a recipe's tile_triangles is 30,000
PRJ_BYTES: Final = 100_000  # the CRS of a cloud as WKT takes some kilobytes
PHOTO_BYTES: Final = 500 * 2**20  # only its EXIF is read
PHOTOS: Final = 20_000  # in one folder; a monument has some hundreds
CAMERA_IMAGES_BYTES: Final = 4 * 2**30  # read image by image; each lists the points it sees
CAMERA_DOCUMENT_BYTES: Final = 64 * 2**20  # parsed whole; a camera takes about 1 kB
CAMERAS: Final = 100_000  # a city; a monument has some hundreds
GCP_BYTES: Final = 1_000_000  # some 10,000 points; a survey has dozens
YAML_BYTES: Final = 1_000_000
YAML_DEPTH: Final = 32
MARKDOWN_BYTES: Final = 200_000
MARKDOWN_MARKS: Final = (
    5_000  # line ends, brackets, stars: up to 25 us each in the parser; 200 kB of [ would take 2 s
)
CAPTIONS_BYTES: Final = 2 * 2**20  # of one recording; an hour of speech takes 100 kB
TOUR_STOPS: Final = 500  # the player lists them all; a day's walk has fewer
FLIGHT_POINTS: Final = 24  # of a flight drawn by hand; as many as the build tries for its own
ANNOTATION_VERTICES: Final = 2000  # of one line or outline; drawn by hand it has dozens
CORRECTIONS: Final = 500  # of one survey's cleaning; each is a pass over the points near it
BRUSH_PLACES: Final = 1000  # of one stroke; a minute of brushing leaves some hundreds
LASSO_CORNERS: Final = 500  # of one outline; a hand draws some dozens
LASSO_CELLS: Final = 1024  # across an outline: what stands in the way is kept for each cell
VOCABULARY_BYTES: Final = (
    32 * 2**20
)  # a SKOS file to import; the largest thesauri of conservation take some 10 MB
EXCHANGE_BYTES: Final = 8 * 2**20  # a tour of another system; 500 stops with their words take under 3 MB
EXCHANGE_DEPTH: Final = 64  # IIIF nests deepest: a content state in a scope reaches 20
EXCHANGE_ARTICLES_BYTES: Final = 4 * 2**20  # the words beside an SVX document, all languages together
EXCHANGE_MEDIA_BYTES: Final = 200 * 2**20  # one recording; an hour of MP3 takes 60 MB
HTTP_BODY_BYTES: Final = 2_000_000
MEDIA_UPLOAD_BYTES: Final = 200 * 2**20  # one recording in the studio; an hour of MP3 takes 60 MB
REQUEST_GRACE_S: Final = 30.0  # for the headers and a first byte; phones on a bad line take some seconds
REQUEST_BYTES_PER_S: Final = 1_000  # and for what is sent: far below any line that shows the site at all
CONNECTIONS: Final = 2_000  # open at once; a browser holds up to six, 200 visitors at least one each
CONNECTION_IDLE_S: Final = 60  # then an unused one is closed, so that others find room
PERSON_NAME_LENGTH: Final = 64
PASSWORD_LENGTH: Final = (12, 500)  # length is what counts (NIST SP 800-63B); hashing stays cheap
SESSION_IDLE_S: Final = 8 * 3600  # a working day with a long break; on the next one people sign in again
SESSION_S: Final = 7 * 86_400  # whatever happens, a stolen cookie is worth nothing after a week
SESSION_SEEN_S: Final = 60  # how exactly "last seen" is kept: not every request writes
INVITATION_S: Final = 7 * 86_400
SIGN_IN_WINDOW_S: Final = 900  # in which failed attempts to sign in are counted
SIGN_IN_ATTEMPTS_OF_NAME: Final = 10  # a person mistypes a few times; guessing gets 960 a day
SIGN_IN_ATTEMPTS_OF_ADDRESS: Final = 50  # an office behind one address
SIGN_IN_AT_ONCE: Final = 2  # passwords hashed at the same time: 64 MiB each
JOURNEY_S: Final = 600  # from going to the OpenID provider to coming back
JOURNEYS: Final = 1000  # at the same time; whoever goes needs no account yet
REPORT_LENGTH: Final = 4000  # what a visitor reports: two pages
REPORT_PHOTO_BYTES: Final = 15 * 2**20  # as sent; a phone's own takes 3 to 8 MB
REPORT_PHOTO_PX: Final = 60_000_000  # as sent; phones take 12 to 50 million
REPORT_PHOTO_SIDE_PX: Final = 2048  # as kept: a crack is seen, and it takes half a megabyte
REPORT_PHOTO_MEMORY_BYTES: Final = (
    2**30
)  # for who decodes one: 60 million pixels in four bytes, twice, and the program
REPORT_PHOTO_CPU_S: Final = 20  # a PNG of 60 million pixels takes 1.3
REPORT_PHOTOS_BYTES: Final = 2 * 2**30  # all together: some four thousand
REPORT_PHOTOS_AT_ONCE: Final = 2  # decoded
LONG_REPORTS_AT_ONCE: Final = (
    16  # reports with a photo that are still arriving: each may lie in the temporary folder
)
LONG_REPORTS_OF_ADDRESS: Final = 2  # of them: who sends their five one after another is not hindered
LONG_REPORT_GRACE_S: Final = 10.0  # who is slower than this gives way where all places are taken,
LONG_REPORT_BYTES_PER_S: Final = 25_000  # and than an EDGE line; so none is held for longer than ten minutes
REPORTS_OF_ADDRESS: Final = 5  # in a day; a family on a walk
REPORTS_A_DAY: Final = 200  # from everybody: what an office can still read
LOCAL_COORDINATE_M: Final = 10_000.0  # float32 is finer than 1 mm below this distance from an origin
SITE_REACH_M: Final = (
    100_000.0  # of a monument from the rest: there the Earth lies 785 m below the site's plane
)
WRITTEN_LOCAL: Final = 1e8  # a coordinate in a document; a tour of a globe may begin 63,000 km up
WRITTEN_CRS: Final = 1e9  # and one in a CRS: false eastings with a zone before them reach 6e7
