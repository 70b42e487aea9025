-- feeds: what is declared, what each run did, what was refused and why (docs/decisions/0031-feed-runs.md).

CREATE TABLE feed (
    id          int         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text        NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    declaration jsonb       NOT NULL,          -- the whole YAML, as it was last read
    declared_in text        NOT NULL DEFAULT '',     -- the site's YAML file; '' where a command declared it
    kind        text        NOT NULL CHECK (kind IN ('file', 'http', 'mqtt')),
    entity_type text        NOT NULL,
    owner_org   int         NOT NULL,          -- resolved from the declaration's owner
    area_code   text,
    sector      text,
    simulated   boolean     NOT NULL,
    period_s    int,                           -- expected interval between observations
    paused      boolean     NOT NULL DEFAULT false,
    withdrawn   boolean     NOT NULL DEFAULT false,  -- its file is gone; its past stays
    state       jsonb       NOT NULL DEFAULT '{}',   -- what the next poll must know: entity tag, date
    next_due_at timestamptz,
    last_accepted_at timestamptz,              -- when something new was last stored
    last_heard_at    timestamptz,              -- when the source last answered, be it with nothing new
    problem     jsonb,                         -- what stops it now: {vi, en}
    declared_at timestamptz NOT NULL
);
CREATE INDEX feed_owner ON feed (owner_org);

CREATE TABLE feed_run (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    feed_id     int         NOT NULL REFERENCES feed ON DELETE CASCADE,
    started_at  timestamptz NOT NULL,
    finished_at timestamptz,
    outcome     text        NOT NULL CHECK (outcome IN ('running', 'ok', 'partial', 'failed')),
    read        bigint      NOT NULL DEFAULT 0,  -- rows; = accepted + unchanged + refused once finished
    accepted    bigint      NOT NULL DEFAULT 0,  -- rows that stored something new
    unchanged   bigint      NOT NULL DEFAULT 0,  -- rows that were there already, e.g. sent twice
    refused     bigint      NOT NULL DEFAULT 0,  -- rows of which nothing was stored
    faulty      bigint      NOT NULL DEFAULT 0,  -- accepted or unchanged rows with a refused or doubtful value
    lag_s       double precision,              -- receiving time minus the newest observed time
    message_vi  text        NOT NULL DEFAULT '',
    message_en  text        NOT NULL DEFAULT '',
    CHECK ((outcome = 'running') = (finished_at IS NULL))
);
CREATE INDEX feed_run_feed ON feed_run (feed_id, id DESC);
CREATE INDEX feed_run_running ON feed_run (feed_id) WHERE outcome = 'running';

CREATE TABLE feed_refused (
    id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    feed_id   int         NOT NULL REFERENCES feed ON DELETE CASCADE,
    run_id    bigint      NOT NULL REFERENCES feed_run ON DELETE CASCADE,
    kind      text        NOT NULL CHECK (kind IN ('row', 'field', 'warning')),
    source    text        NOT NULL DEFAULT '',   -- the file of a folder
    row_no    bigint      NOT NULL,
    original  text        NOT NULL,
    faults    jsonb       NOT NULL,              -- [{field, vi, en, value}]
    at        timestamptz NOT NULL,
    looked_at timestamptz,
    looked_by text,
    note      text
);
CREATE INDEX feed_refused_feed ON feed_refused (feed_id, id DESC);
CREATE INDEX feed_refused_run ON feed_refused (run_id);
CREATE INDEX feed_refused_open ON feed_refused (feed_id) WHERE looked_at IS NULL;

-- Files that were read to their end; the same content is not read again.
CREATE TABLE feed_file (
    feed_id  int         NOT NULL REFERENCES feed ON DELETE CASCADE,
    path     text        NOT NULL,
    size     bigint      NOT NULL,
    mtime_ns bigint      NOT NULL,
    sha256   text        NOT NULL,
    rows     bigint      NOT NULL,
    read_at  timestamptz NOT NULL,
    PRIMARY KEY (feed_id, path)
);
