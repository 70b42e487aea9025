"""feeds: how data come in, from files, addresses and brokers, each declared in one YAML file.

The way of a row: a **connector** (``connectors/file|http|mqtt.py``, one face) reads and decodes it; the
**mapping** (``model/mapping.py``, pure) makes an entity of it or names every reason why not; the **intake**
(``service/intake.py``) stores entities in the city, then the counts and the refused rows, then tells the
source. That order makes a crash harmless: what was not recorded comes again, and the city finds it
unchanged.

* ``model/declaration.py`` is the YAML, key by key (``docs/feeds.md`` explains it, a test holds both);
  ``model/reading.py`` decodes it strictly, naming each fault with its line in both languages.
* A cell that cannot be read costs its own attribute, a required one the row. Missing is never zero. Units are
  checked, never guessed; swapped coordinates are not taken, foreign ones are taken with a warning.
* ``service/runs.py`` is one run under the feed's advisory lock: two processes never run one feed at once, and
  a run that a killed process left open is known for what it is. ``service/listening.py`` is MQTT's run.
* ``service/runner.py`` keeps all feeds of the server going; ``service/replay.py`` plays a file as if live.
* Feeds read entities and agencies, nobody imports feeds but the floors above.
"""

from haidang.feeds.service import JOBS, FeedRunner

__all__ = ["JOBS", "FeedRunner"]
