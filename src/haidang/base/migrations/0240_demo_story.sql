-- A story that is being told in the demonstration province: which, since when, how fast. What it does to the
-- devices is a pure function of these three and the time, as all else there.
CREATE TABLE demo_story (
    name     text PRIMARY KEY,
    began_at timestamptz NOT NULL,
    speed    real NOT NULL CHECK (speed > 0)
);
