"""meetings: what joins the disbursement meeting of a programme with directives, in one transaction each.

``followups``: what became of the decisions of earlier meetings, for the pack. ``issuing``: the pack as it is
now or as it was frozen, and freezing it under a number. ``notice``: the conclusion as text and paper.
``concluding``: drafts become the notice's document, its directives and their tasks, each linked to its
project.
"""
