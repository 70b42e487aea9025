-- Hours that were summed up carefully are few; whoever asks for many entities finds them without reading the others.
CREATE INDEX rollup_careful ON rollup (hour) WHERE k <= 0;
