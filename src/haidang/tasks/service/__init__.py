"""The use cases of the room: each one works inside one transaction of its caller and logs what it did."""
