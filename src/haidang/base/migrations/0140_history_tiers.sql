-- History in tiers (docs/decisions/0064-history-in-tiers.md): hours, packed days, Parquet.

-- What the numbers of an entity came to in one hour of UTC. `x` holds five numbers for each column of keyset `k`:
-- observations (each instant once), sum, sum of the squares of the distances from the mean, least, greatest.
-- k = 0 (observed) and -1 (not observed): the columns stand in `attrs` and `units`.
CREATE TABLE rollup (
    eid    int         NOT NULL,
    hour   timestamptz NOT NULL,
    k      int         NOT NULL,
    x      float8[]    NOT NULL,
    attrs  int[],
    units  text[],
    others int[],                             -- attributes that were no number at some time of this hour
    PRIMARY KEY (eid, hour, k)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.5);
ALTER TABLE rollup ALTER x SET STORAGE EXTERNAL;
CREATE INDEX rollup_hour ON rollup USING brin (hour) WITH (pages_per_range = 16, autosummarize = on);

-- Hours that changed since they were summed up: whoever asks reads the observations themselves.
CREATE TABLE rollup_dirty (
    eid  int         NOT NULL,
    hour timestamptz NOT NULL,
    PRIMARY KEY (eid, hour)
) WITH (autovacuum_vacuum_scale_factor = 0.1);

CREATE TABLE rollup_state (
    only_one boolean     PRIMARY KEY DEFAULT true CHECK (only_one),
    until    timestamptz NOT NULL             -- hours before it are summed up, unless dirty or beyond the cursor
);

-- One entity, one day of UTC, one keyset: the rows of the log as one body (haidang.city.tiers.codec).
CREATE TABLE chunk (
    day     date   NOT NULL,
    eid     int    NOT NULL,
    k       int    NOT NULL,
    n       int    NOT NULL,                  -- rows
    seq_min bigint NOT NULL,
    seq_max bigint NOT NULL,
    others  int[],                            -- attributes that lie in change.j of some row
    body    bytea  NOT NULL,
    PRIMARY KEY (eid, day, k)
);
ALTER TABLE chunk ALTER body SET STORAGE EXTERNAL;

-- Rows that lie in a chunk or in Parquet and still in `change`: the newest of each entity, keyset and set of other
-- attributes, so that what was known at a moment is found without unpacking.
CREATE TABLE chunk_copy (
    eid    int         NOT NULL,
    k      int         NOT NULL,
    others int[]       NOT NULL,
    t      timestamptz NOT NULL,
    seq    bigint      NOT NULL,
    PRIMARY KEY (eid, k, others)
);
CREATE INDEX chunk_copy_seq ON chunk_copy (seq);

-- Rows up to this number may have left the log: whoever reads in order of seq begins after it.
CREATE TABLE log_floor (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    seq      bigint  NOT NULL
);
INSERT INTO log_floor (seq) VALUES (0);

-- Parquet files below history/ in the data folder. A row of a file counts while lake_entity has its day.
CREATE TABLE lake_file (
    day     date        NOT NULL,
    type    text        NOT NULL,
    name    text        NOT NULL UNIQUE,      -- path below the folder
    rows    bigint      NOT NULL,
    numbers bigint      NOT NULL,             -- values in columns of numbers
    bytes   bigint      NOT NULL,
    oldest  timestamptz NOT NULL,
    newest  timestamptz NOT NULL,
    stale   boolean     NOT NULL DEFAULT false, -- holds rows that no longer count: to be written anew
    PRIMARY KEY (day, type)
);

CREATE TABLE lake_entity (
    eid  int            NOT NULL,
    type text           NOT NULL,
    days datemultirange NOT NULL,
    PRIMARY KEY (eid, type)
);

-- The last run of each of the jobs of history, for those who look after them.
CREATE TABLE history_run (
    job     text        PRIMARY KEY,          -- pack, export, erase
    at      timestamptz NOT NULL,
    seconds float8      NOT NULL,
    done    jsonb       NOT NULL,
    problem text
);
