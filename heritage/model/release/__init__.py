"""The documents of a release: what the viewer reads over HTTP. TypeScript types are generated from here.

Paths are relative to the release folder. Matrices are 16 numbers, column-major, ``target_from_source``.
Positions are in the monument frame, z up, metres, unless a name says otherwise.
"""

from heritage.model.release.annotation import AnnotationEntry, CarriedEntry, TermEntry
from heritage.model.release.base import Box, FileEntry, Frame, Matrix, Period, ReleaseDocument, ShownEntry
from heritage.model.release.cleaning import CleaningDocument, CorrectionEntry
from heritage.model.release.comparison import (
    ComparisonDocument,
    ComparisonEntry,
    ComparisonSettings,
    Histogram,
    RegionEntry,
    RegionSum,
)
from heritage.model.release.condition import (
    ArEntry,
    ArFile,
    EpochEntry,
    StateEntry,
    StatePartEntry,
    SurveyAccuracy,
)
from heritage.model.release.data import DataDocument, DataFile, DataSet
from heritage.model.release.map import FootprintFeature, FootprintLayer, GroundEntry, MapEntry, MapImage
from heritage.model.release.monument import MonumentEntry
from heritage.model.release.placement import Candidate, Placement, StatePlacementEntry
from heritage.model.release.release import Manifest, Release
from heritage.model.release.search import PlaceFound, SearchDocument, StopFound
from heritage.model.release.tour import (
    ComparingEntry,
    Narration,
    PlaceEntry,
    QuestionEntry,
    SectionEntry,
    StopEntry,
    SunEntry,
    TakeAlong,
    TourDocument,
    TourEntry,
    Waypoint,
)

__all__ = [
    "AnnotationEntry",
    "ArEntry",
    "ArFile",
    "Box",
    "Candidate",
    "CarriedEntry",
    "CleaningDocument",
    "ComparingEntry",
    "ComparisonDocument",
    "ComparisonEntry",
    "ComparisonSettings",
    "CorrectionEntry",
    "DataDocument",
    "DataFile",
    "DataSet",
    "EpochEntry",
    "FileEntry",
    "FootprintFeature",
    "FootprintLayer",
    "Frame",
    "GroundEntry",
    "Histogram",
    "Manifest",
    "MapEntry",
    "MapImage",
    "Matrix",
    "MonumentEntry",
    "Narration",
    "Period",
    "PlaceEntry",
    "PlaceFound",
    "Placement",
    "QuestionEntry",
    "RegionEntry",
    "RegionSum",
    "Release",
    "ReleaseDocument",
    "SearchDocument",
    "SectionEntry",
    "ShownEntry",
    "StateEntry",
    "StatePartEntry",
    "StatePlacementEntry",
    "StopEntry",
    "StopFound",
    "SunEntry",
    "SurveyAccuracy",
    "TakeAlong",
    "TermEntry",
    "TourDocument",
    "TourEntry",
    "Waypoint",
]
