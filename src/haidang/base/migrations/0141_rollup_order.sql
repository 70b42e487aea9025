-- Marked hours are redone hour by hour, so that what was summed up lies in the order of time, as whoever asks for
-- many entities reads it.
ALTER TABLE rollup_dirty DROP CONSTRAINT rollup_dirty_pkey;
ALTER TABLE rollup_dirty ADD PRIMARY KEY (hour, eid);
