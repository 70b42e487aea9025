"""directives: from the text of a conclusion notice to tasks that get done.

* ``extraction/`` reads: a text into its facts and its **items** (who, with whom, what, by when), each with
  the span it stands in and the rules that found it. Pure; it proposes, and decides nothing.
* A **document** (``service/registering``) is registered from a file, a text, or by reference alone where it
  is secret. Every reading of it is a **run** and is kept; what it proposes are **candidates**.
* A person confirms (``service/confirming``): accept, correct, split, merge, reject, add by hand, reopen.
  Every **verdict** is kept, and ``service/quality`` says from them how well each rule does.
* Names become units of today (``model/names``): aliases, abbreviations, dated successions. What was split
  or abolished, and what is vague, a person chooses; collectives are dated **groups** (``data/groups.yaml``).
* **Issuing** (``service/issuing``) asks for the five clears (who, what, when, which result, who answers) and
  makes, in one transaction, the **directive**, whose wording nobody changes any more, and its **tasks**.
* **Following** (``service/following``): chains between notices, links, replacing, review; the matrix of one
  directive over many units. The states of the work are those of ``tasks``; nothing of it is copied.
* Who sees what is one predicate in SQL (``store/sight``).
* ``papers/`` and ``service/counting`` count and print. The log is the chain ``directives``.

``docs/directives.md`` has every state and refusal with the test that shows it.
"""
