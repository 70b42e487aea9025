"""The live city: what every device, station and place is doing now, what it did, and how it is told.

The way of an observation, by file::

    ngsild/routes    a request finds its route and permission        (or ``service.City`` is called by a feed)
    models/watch     is it what the data model of its type says? (accept, warn, reject)
    intake, checks   JSON becomes an Item: names → numbers, structure checked, all encoded (items, terms)
    writer/loop      a bounded queue; one task takes all that waits = one group
    writer/fold      Items fold into Drafts of entities: who may, what changes, which rows          (forms)
    writer/groups    Drafts become packed columns                                                   (pack)
    store/write      one statement, one durable commit
                     → senders are answered → subscribers (live stream, pipeline) are told

and of a question: ``query/`` reads the languages, ``store/read`` and ``store/history`` ask the tables,
``represent`` turns what is stored into NGSI-LD, ``ngsild/read`` and ``api`` answer.

* **State** is two rows for each entity: what is observed (``entity.doc``) and what is not
  (``entity_static``), so that telemetry rewrites only the first, without touching an index.
* **History** is the log itself (``change``): one row for each entity and time of observation, numbers as a
  ``float8[]`` whose meaning is interned (``keyset``). Its ``seq`` is gap-free and in commit order.
* **Subscriptions** (``subscriptions/``) follow the log as a step of the pipeline; what they tell goes through
  an outbox.
* **Registrations** (``registrations/``) say what context sources hold; a change of it goes to its source,
  once and on record, instead of into the tables (``ngsild/forwarding``).
* **One writer** for each database (advisory lock). Other processes forward (``forward``) and follow
  (``follow``).
* Older observations go to history and do not overwrite newer state, except by PUT and in the conformance
  profile.
* An entity keeps its owner for ever; whoever may not write it gets 403, whoever may not even read it 404.
  Only a creation tells that an id is taken (409, or 403 in an upsert), which cannot be avoided: ids are one
  namespace.

Decisions 0020 to 0022 (writing) and 0025 to 0027 (reading) say why.
"""
