"""Subscriptions: who wants to be told of what, and the notifications that arrive.

The way of a notification, by file::

    ngsild/subscriptions   a subscription comes in                     (service, model: checked and stored)
    pipeline, step         a stretch of the log; book: the subscriptions compiled
    matching               rows → events of entities; which events concern whom
    store.meeting          q, scopeQ, idPattern: asked of the database, of each entity as it was at the event
    rendering              what the notification says; its id follows from its cause
    store.put              the outbox, in the transaction that moves the pipeline's cursor
    delivery/queues        one queue for each endpoint → http, mqtt → counted and taken out, or tried again
    operating              queues and dead letters as operators see them; pause, resume, replay

A crash anywhere between the city's commit and the endpoint's answer is made good by the log: what was not
recorded is done again under the same notification id. Decision 0028 says why.
"""
