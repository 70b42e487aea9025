-- The live city: state, history and the one ordered log (docs/decisions/0020-city-storage.md).
-- No foreign keys on hot tables; every number below is assigned by the single writer.

CREATE TABLE tenant (
    id   int  PRIMARY KEY,
    name text NOT NULL UNIQUE                 -- '' is the default tenant
);
INSERT INTO tenant (id, name) VALUES (0, '');

-- Interned names: documents and history carry numbers, never IRIs.
CREATE TABLE attr (
    id   int  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    iri  text NOT NULL UNIQUE,
    name text NOT NULL                        -- short form in the site's own context
);

CREATE TABLE type (
    id      int   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    iri     text  NOT NULL UNIQUE,            -- a combination of several types: their IRIs, sorted, joined by a space
    name    text  NOT NULL,
    members int[]                             -- NULL for a single type, else the single types it combines
);

-- What the numbers in change.v mean: parallel lists, one place per value.
CREATE TABLE keyset (
    id       int       GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest   bytea     NOT NULL UNIQUE,       -- sha256 of the canonical JSON of the other columns
    observed boolean   NOT NULL,              -- false: t is when it was received, the attributes carry no observedAt
    attrs    int[]     NOT NULL,
    units    text[]    NOT NULL,              -- '' where there is no unitCode
    datasets text[]    NOT NULL,              -- '' for the default instance
    integers boolean[] NOT NULL               -- true: the JSON number was an integer
);
-- change.k = 0 and -1 stand for the empty keyset, observed and not observed.

-- Observed attributes of each entity and what filters need. Nothing volatile is indexed, so updates stay HOT.
CREATE TABLE entity (
    eid       int         PRIMARY KEY,
    type_id   int         NOT NULL,
    seq       bigint      NOT NULL,           -- the last change of this entity
    created   timestamptz NOT NULL,
    mod       timestamptz NOT NULL,
    tenant_id int         NOT NULL,
    version   int         NOT NULL,           -- grows by one with every change of state
    owner_org int         NOT NULL,
    simulated boolean     NOT NULL,
    loc       point,                          -- lon, lat of `location`; the middle of its box if it is no point
    box       box,                            -- bounding box of `location` if it is no point
    id        text        NOT NULL,
    area_code text,
    sector    text,
    source    text        NOT NULL,
    doc       jsonb       NOT NULL,           -- layout: haidang.city.represent
    UNIQUE (tenant_id, id)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
CREATE INDEX entity_type ON entity (tenant_id, type_id, id);
CREATE INDEX entity_owner ON entity (owner_org);
CREATE INDEX entity_loc ON entity USING gist (loc);
CREATE INDEX entity_box ON entity USING gist (box);

-- Attributes without observedAt (name, address, geometry): telemetry never rewrites this row.
CREATE TABLE entity_static (
    eid       int    PRIMARY KEY,
    seq       bigint NOT NULL,                -- head of the log after the group that last wrote this row
    name      text  NOT NULL,                 -- for people; '' where the entity has none
    name_fold text  NOT NULL,                 -- base.text.fold(name)
    doc       jsonb NOT NULL
) WITH (fillfactor = 90);
CREATE INDEX entity_static_name ON entity_static (name_fold text_pattern_ops);

-- The ONE ordered log: one row per entity and observation time, and the events of other rooms.
CREATE TABLE change (
    seq  bigint      NOT NULL,                -- gap-free, in commit order
    t    timestamptz NOT NULL,                -- observed (or received, see keyset.observed)
    eid  int         NOT NULL,                -- 0 for an event
    k    int         NOT NULL,
    kind smallint    NOT NULL,                -- 1 create, 2 update, 3 replace, 4 delete, 9 event
    v    float8[],
    j    jsonb
) PARTITION BY RANGE (t);
CREATE TABLE change_default PARTITION OF change DEFAULT;
CREATE INDEX change_eid_t ON change (eid, t);
CREATE INDEX change_t ON change USING brin (t) WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX change_seq ON change USING brin (seq) WITH (pages_per_range = 32, autosummarize = on);

-- The head of the log; the writer updates it in the statement that writes the group.
CREATE TABLE city_head (
    only_one boolean     PRIMARY KEY DEFAULT true CHECK (only_one),
    seq      bigint      NOT NULL,
    at       timestamptz NOT NULL,
    epoch    bigint      NOT NULL             -- grows whenever a process becomes the writer
) WITH (fillfactor = 10);
INSERT INTO city_head (seq, at, epoch) VALUES (0, now(), 0);

-- Recorded time to seq, at most one row a second: "as of" a moment.
CREATE TABLE moment (
    at  timestamptz PRIMARY KEY,
    seq bigint      NOT NULL
);

-- How far each step of the pipeline has come.
CREATE TABLE cursor (
    step text   PRIMARY KEY,
    seq  bigint NOT NULL
);

-- Where other processes forward their writes to.
CREATE TABLE city_writer (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    url      text    NOT NULL,
    secret   text    NOT NULL
);

-- Daily partitions (days in UTC) from yesterday to `ahead` days from `today`; a day whose rows already lie in the
-- default partition stays there.
CREATE FUNCTION change_partitions(today date, ahead int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    day  date;
    made int := 0;
    part text;
BEGIN
    FOR day IN SELECT generate_series(today - 1, today + ahead, interval '1 day')::date LOOP
        part := 'change_' || to_char(day, 'YYYYMMDD');
        IF to_regclass(part) IS NULL AND NOT EXISTS (
            SELECT FROM change_default
            WHERE t >= day::timestamp AT TIME ZONE 'UTC' AND t < (day + 1)::timestamp AT TIME ZONE 'UTC'
        ) THEN
            EXECUTE format(
                'CREATE TABLE %I PARTITION OF change FOR VALUES FROM (%L) TO (%L)',
                part, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END $$;

-- The value of a stored attribute, whatever its form: scalar, [value, unit], {"v": …} or {"m": [instances]}.
CREATE FUNCTION attr_value(a jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE jsonb_typeof(a)
        WHEN 'object' THEN CASE WHEN a ? 'm' THEN a->'m'->0->'v' ELSE a->'v' END
        WHEN 'array' THEN a->0
        ELSE a
    END
$$;
