"""meetings: the monthly disbursement meeting of a programme, from its preparation to its decisions.

* ``model``: a **meeting** (programme, day, cut-off) and the **decisions** that a secretary writes down.
* ``pack``: what the meeting is told, one structure; ``gathering`` makes it of the programme's figures,
  ``questions`` says what needs a decision today.
* ``paper`` draws it by Decree 30/2020/NĐ-CP, ``slides`` for a screen that is read across the room: the same
  figures.
* ``service``: planning, changing, writing decisions down. Issuing the pack, and turning decisions into
  directives, joins this room with that of directives and stands in ``haidang.actions.meetings``.

``docs/programme-meeting.md`` has the whole way.
"""
