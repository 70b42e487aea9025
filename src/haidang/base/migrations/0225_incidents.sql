-- Incidents: what has happened, who commands, what is linked, by when what must be done (docs/decisions/0093-incidents.md).

CREATE TABLE incident (
    id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version         int         NOT NULL DEFAULT 1,
    code            text        NOT NULL UNIQUE,      -- '2026-1187'; of an exercise 'DT-2026-3'
    kind            text        NOT NULL,             -- of incidents/data/kinds.yaml or the site's own
    severity        smallint    NOT NULL CHECK (severity BETWEEN 1 AND 4),   -- 1 is the worst
    severity_rule   text        NOT NULL DEFAULT '',  -- row of the decision table that suggested one
    facts           jsonb       NOT NULL DEFAULT '{}',  -- what the decision table was asked with
    title           text        NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
    title_fold      text        NOT NULL,
    text            text        NOT NULL DEFAULT '',
    place           text        NOT NULL DEFAULT '',
    lon             float8,
    lat             float8,
    area_code       text,                             -- commune
    sector          text,
    owner_org       int         NOT NULL REFERENCES org,
    orgs            int[]       NOT NULL,             -- the owner and every unit that takes part
    source          text        NOT NULL CHECK (source IN ('alert', 'citizen', 'phone', 'system', 'hand')),
    source_ref      text        NOT NULL DEFAULT '',
    opened_by       text        NOT NULL,             -- 'account:7', 'system:incidents'
    state           text        NOT NULL CHECK (state IN ('reported', 'verified', 'classified', 'assigned', 'contained',
                                    'closed', 'rejected', 'merged')),
    commander_role  text,
    commander       int         REFERENCES account,
    commander_name  text,
    roles           jsonb       NOT NULL DEFAULT '[]',  -- [{role, account_id, name}]
    is_exercise     boolean     NOT NULL DEFAULT false,
    simulated       boolean     NOT NULL DEFAULT false,  -- opened from data that the product made itself
    join_key        text,                             -- what further alerts join by; null: nothing joins by itself
    merged_into     bigint      REFERENCES incident,
    split_from      bigint      REFERENCES incident,
    escalations     int         NOT NULL DEFAULT 0,
    outcome         text        NOT NULL DEFAULT '',  -- why it was rejected, how it ended
    reported_at     timestamptz NOT NULL,
    acknowledged_at timestamptz,
    verified_at     timestamptz,
    classified_at   timestamptz,
    dispatched_at   timestamptz,
    on_scene_at     timestamptz,
    contained_at    timestamptz,
    closed_at       timestamptz,                      -- also of what was rejected or merged
    changed_at      timestamptz NOT NULL,
    is_open         boolean     GENERATED ALWAYS AS (state IN ('reported', 'verified', 'classified', 'assigned',
                                    'contained')) STORED,
    CHECK ((lon IS NULL) = (lat IS NULL)),
    CHECK ((state = 'merged') = (merged_into IS NOT NULL)),
    CHECK (merged_into <> id),
    CHECK ((state IN ('closed', 'rejected', 'merged')) = (closed_at IS NOT NULL)),
    CHECK (owner_org = ANY (orgs))
);
CREATE INDEX incident_open ON incident (severity, reported_at, id) WHERE is_open;
CREATE INDEX incident_past ON incident (reported_at DESC, id DESC);
CREATE INDEX incident_merged ON incident (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX incident_join ON incident (join_key) WHERE is_open AND join_key IS NOT NULL;

CREATE FUNCTION incident_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.is_exercise <> OLD.is_exercise OR NEW.code <> OLD.code OR NEW.reported_at <> OLD.reported_at THEN
        RAISE EXCEPTION 'an incident is an exercise or real from its birth, and keeps its code'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION incident_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what belongs to an incident is kept: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER incident_keep BEFORE UPDATE ON incident FOR EACH ROW EXECUTE FUNCTION incident_keep();
CREATE TRIGGER incident_no_delete BEFORE DELETE ON incident FOR EACH ROW EXECUTE FUNCTION incident_refuse();

-- The last number given in a year, real ones and exercises apart.
CREATE TABLE incident_number (
    year     smallint NOT NULL,
    exercise boolean  NOT NULL,
    last     int      NOT NULL,
    PRIMARY KEY (year, exercise)
);

-- What belongs to an incident: an alert to one at a time, anything else to as many as there are.
CREATE TABLE incident_link (
    incident_id bigint      NOT NULL REFERENCES incident,
    kind        text        NOT NULL CHECK (kind IN ('alert', 'entity', 'camera', 'report', 'incident', 'warning')),
    ref         text        NOT NULL,
    note        text        NOT NULL DEFAULT '',
    at          timestamptz NOT NULL,
    by          text        NOT NULL,
    PRIMARY KEY (incident_id, kind, ref)
);
CREATE UNIQUE INDEX incident_link_alert ON incident_link (ref) WHERE kind = 'alert';
CREATE INDEX incident_link_ref ON incident_link (kind, ref);

-- Files that entries of the log name: photos, records, letters. Never changed; the log has their SHA-256.
CREATE TABLE incident_file (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident_id bigint      NOT NULL REFERENCES incident,
    name        text        NOT NULL,
    media_type  text        NOT NULL,
    size_bytes  bigint      NOT NULL,
    sha256      text        NOT NULL,
    scan        text        NOT NULL CHECK (scan IN ('clean', 'not_scanned')),
    by          text        NOT NULL,
    at          timestamptz NOT NULL
);
CREATE INDEX incident_file_incident ON incident_file (incident_id, id);
CREATE TRIGGER incident_file_keep BEFORE UPDATE OR DELETE ON incident_file
    FOR EACH ROW EXECUTE FUNCTION incident_refuse();

-- By when what must have happened; target as it held, so that a changed table rewrites no past.
CREATE TABLE incident_clock (
    incident_id bigint      NOT NULL REFERENCES incident,
    name        text        NOT NULL CHECK (name IN ('acknowledge', 'dispatch', 'on_scene', 'contain', 'close')),
    target_at   timestamptz NOT NULL,
    met_at      timestamptz,                          -- when it happened, be it late
    missed_at   timestamptz,                          -- when the clock said that it was late
    ended       boolean     NOT NULL DEFAULT false,   -- rejected or merged: nobody waits any more
    PRIMARY KEY (incident_id, name)
);
CREATE INDEX incident_clock_due ON incident_clock (target_at) WHERE met_at IS NULL AND missed_at IS NULL AND NOT ended;

-- Vehicles and teams.
CREATE TABLE resource (
    id          int         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version     int         NOT NULL DEFAULT 1,
    name        text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    kind        text        NOT NULL,                 -- of the kinds in model/resources.py
    org_id      int         NOT NULL REFERENCES org,
    call_sign   text        NOT NULL DEFAULT '',
    contact     text        NOT NULL DEFAULT '',      -- the unit's duty line, never a person's own
    capacity    text        NOT NULL DEFAULT '',
    area_code   text,
    sector      text,
    entity_id   text,                                 -- the entity whose position it has (a tracked vehicle)
    lon         float8,
    lat         float8,
    position_at timestamptz,
    status      text        NOT NULL DEFAULT 'free' CHECK (status IN ('free', 'assigned', 'on_way', 'on_scene', 'out')),
    status_at   timestamptz NOT NULL,
    status_note text        NOT NULL DEFAULT '',
    incident_id bigint      REFERENCES incident,      -- where it is now
    active      boolean     NOT NULL DEFAULT true,
    CHECK ((lon IS NULL) = (lat IS NULL)),
    UNIQUE (org_id, name),
    CHECK ((incident_id IS NOT NULL) = (status IN ('assigned', 'on_way', 'on_scene')))
);
CREATE INDEX resource_incident ON resource (incident_id) WHERE incident_id IS NOT NULL;

-- Each time a resource was sent, and how it went.
CREATE TABLE resource_use (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    resource_id int         NOT NULL REFERENCES resource,
    incident_id bigint      NOT NULL REFERENCES incident,
    sent_at     timestamptz NOT NULL,
    sent_by     text        NOT NULL,
    on_way_at   timestamptz,
    on_scene_at timestamptz,
    ended_at    timestamptz
);
CREATE UNIQUE INDEX resource_use_one ON resource_use (resource_id) WHERE ended_at IS NULL;
CREATE INDEX resource_use_incident ON resource_use (incident_id, id);

-- Who is on duty in a unit, one shift after the other.
CREATE TABLE shift (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id     int         NOT NULL REFERENCES org,
    lead       int         NOT NULL REFERENCES account,
    started_at timestamptz NOT NULL,
    ended_at   timestamptz
);
CREATE UNIQUE INDEX shift_one ON shift (org_id) WHERE ended_at IS NULL;

CREATE TABLE handover (
    id                 bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version            int         NOT NULL DEFAULT 1,
    org_id             int         NOT NULL REFERENCES org,
    shift_id           bigint      NOT NULL REFERENCES shift,
    outgoing           int         NOT NULL REFERENCES account,
    incoming           int         NOT NULL REFERENCES account,
    made_at            timestamptz NOT NULL,
    note               text        NOT NULL DEFAULT '',
    items              jsonb       NOT NULL,          -- what was open at that moment, as it was listed
    items_sha256       text        NOT NULL,          -- what both sign
    outgoing_signed_at timestamptz,
    incoming_signed_at timestamptz,
    withdrawn_at       timestamptz,                   -- before the incoming side signed
    told_at            timestamptz,                   -- when the leader was told that it is unsigned
    CHECK (outgoing <> incoming)
);
CREATE UNIQUE INDEX handover_one_open ON handover (org_id)
    WHERE (outgoing_signed_at IS NULL OR incoming_signed_at IS NULL) AND withdrawn_at IS NULL;
CREATE INDEX handover_org ON handover (org_id, id);

CREATE FUNCTION handover_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.items IS DISTINCT FROM OLD.items OR NEW.items_sha256 <> OLD.items_sha256 OR NEW.note <> OLD.note
            OR NEW.outgoing <> OLD.outgoing OR NEW.incoming <> OLD.incoming OR NEW.made_at <> OLD.made_at
            OR (OLD.outgoing_signed_at IS NOT NULL AND NEW.outgoing_signed_at IS DISTINCT FROM OLD.outgoing_signed_at)
            OR (OLD.incoming_signed_at IS NOT NULL AND NEW.incoming_signed_at IS DISTINCT FROM OLD.incoming_signed_at) THEN
        RAISE EXCEPTION 'what was handed over stays as it was signed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER handover_keep BEFORE UPDATE ON handover FOR EACH ROW EXECUTE FUNCTION handover_keep();

-- Statistics read these sums, never the table of incidents. A day is that of the report, local time; exercises never enter.
CREATE TABLE incident_day (
    day         date     NOT NULL,
    owner_org   int      NOT NULL,
    kind        text     NOT NULL,
    severity    smallint NOT NULL,
    area_code   text,
    sector      text,
    reported    int      NOT NULL,
    still_open  int      NOT NULL,
    closed      int      NOT NULL,
    rejected    int      NOT NULL,
    merged      int      NOT NULL,
    clocks      jsonb    NOT NULL                     -- {"dispatch": {"due": 3, "met": 2, "seconds": [61, 340, 902]}}
);
CREATE INDEX incident_day_day ON incident_day (day);
-- Days to be summed up anew. Acts only append, so that none waits for another or for the sums.
CREATE TABLE incident_day_stale (
    id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    day date   NOT NULL
);
CREATE TABLE incident_day_state (
    one       boolean     PRIMARY KEY DEFAULT true CHECK (one),
    summed_at timestamptz
);
INSERT INTO incident_day_state DEFAULT VALUES;
