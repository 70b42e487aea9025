"""web: the front door of the house; it assembles what the rooms offer into one ASGI application.

A request passes, in this order and in these files:

1. ``door`` gives it an id, refuses bodies over the limit before reading them, finds out who asks
   (``identity``), refuses cross-site writes, counts and logs it, and puts the security headers on whatever
   comes back, errors included (``problems``);
2. ``app`` hands it to the NGSI-LD broker, the live stream (``stream``), the application API (Litestar with
   the ``ROUTES`` of the rooms, each of which declares its permission: ``guard``) or the files of the user
   interface (``static``);
3. ``server`` is the life-cycle: it opens the database, the city, the feeds, the pipeline and the
   demonstration in order and closes them in reverse.

Nothing in here knows any business; the rooms below never see HTTP machinery of ours but their own handlers.
"""
