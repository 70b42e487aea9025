"""The programme of the invented province: 32 projects with their money, from the decision to today.

``schemes`` says what they are, ``course`` how their money goes (pure, month by month), ``telling`` and
``tenders`` what is written down of it, ``making`` lets the room of programmes take it in, each thing on its
own day. Everything is marked as simulated and says so by name.
"""

from haidang.demo.programme.making import close, prepare

__all__ = ["close", "prepare"]
