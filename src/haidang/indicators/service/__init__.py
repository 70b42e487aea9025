"""Use cases of the room: each works inside one transaction of its caller, and logs what it changed."""
