"""The only room that publishes derived files and changes the curators' own: atomic publish, locks, releases, drafts."""

from heritage.store.publish import publish_bytes, publish_file
from heritage.store.release import ReleaseFolder, Writes
from heritage.store.store import Store

__all__ = ["ReleaseFolder", "Store", "Writes", "publish_bytes", "publish_file"]
