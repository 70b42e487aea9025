"""boards: what each screen asks for, assembled from the rooms below.

``city`` is the map's board. It begins as a snapshot (``GET /api/v1/boards/city``), lives on by the stream's
changes and can be moved to a moment of the past (``at=``, ``GET /api/v1/replay``). All three speak in the
same rows (``model.FIELDS``) made by the same function (``model.row``), and the past is made by the one
reducer (``reducer.Asked.apply``) from the ordered log: nothing that was recorded after the moment shows.

Limits: 20,000 rows a snapshot (``truncated`` says so, counts stay whole), 5,000 rows of the log a call for
frames.
"""
