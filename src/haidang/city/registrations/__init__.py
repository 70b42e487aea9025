"""Context source registrations: who answers for which attributes, and commands on their way to a device.

The way of a registration, by file::

    ngsild/registrations   a registration comes in, changes, is asked for
    model                  what it may say, and what it claims
    service, store         checked against the others, kept
    query                  which registrations a question means
    book                   the exclusive ones, compiled, in every process

and of a command::

    ngsild/forwarding      a request is divided: what is registered elsewhere, and what is written here
    actuation              who may; recorded before it leaves and when it is known what came of it
    source                 one connection, one request, one answer
    history                the commands that were given, for the screens (api)

A command is never sent twice by us. Decision 0062 says why.
"""
