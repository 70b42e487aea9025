"""actions: use cases that join several rooms in one transaction.

A room imports only from floors below it and never sideways; what needs two rooms of one floor, or one
above another, stands here. ``handover``: what one shift tells the next, from incidents, alerts, procedures,
resources and feeds. ``warnings``: the warning of an incident, and what its log says of it. ``meetings``: a
disbursement meeting, whose decisions become directives.
"""
