"""The rules of feeds, without any I/O: declarations, units, cells, mapping, the life of a feed."""
