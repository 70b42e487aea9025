-- Alerts: what an operator must act upon (docs/decisions/0091-alerts.md).

-- What a rule said about its alerts when it raised them: cause, consequence, action, time to respond. One row
-- for each wording that ever raised an alert; never changed.
CREATE TABLE alert_rationale (
    id          int         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fingerprint bytea       NOT NULL UNIQUE,
    body        jsonb       NOT NULL
);

CREATE SEQUENCE alert_number;

CREATE TABLE alert (
    id              bigint      PRIMARY KEY DEFAULT nextval('alert_number'),
    version         int         NOT NULL DEFAULT 1,
    entry           bigint      NOT NULL,               -- number in the chain 'alerts' of what last changed it
    rule            text        NOT NULL,
    subject         text        NOT NULL,               -- with the rule what it is about: entity, or reference
    rationale_id    int         NOT NULL REFERENCES alert_rationale,
    title_vi        text        NOT NULL,
    title_en        text        NOT NULL,
    entity_id       text,
    entity_type     text,
    entity_name     text,
    parent_entity   text,                               -- what the entity depends on (its gateway, its node)
    owner_org       int,
    area_code       text,
    sector          text,
    source          text        NOT NULL DEFAULT '',
    simulated       boolean     NOT NULL DEFAULT false,
    is_exercise     boolean     NOT NULL DEFAULT false,
    by_hand         boolean     NOT NULL DEFAULT false,
    priority        smallint    NOT NULL CHECK (priority BETWEEN 1 AND 4),
    group_by        text        NOT NULL CHECK (group_by IN ('area', 'type', 'cause')),
    active          boolean     NOT NULL,               -- axis 1: the condition is present
    acked_at        timestamptz,                        -- axis 2: somebody has acknowledged it
    acked_by        text,
    count           int         NOT NULL DEFAULT 1,
    first_at        timestamptz NOT NULL,               -- observed
    last_at         timestamptz NOT NULL,
    raised_at       timestamptz NOT NULL,               -- the house's time of the last coming of the condition
    respond_by      timestamptz NOT NULL,
    cleared_at      timestamptz,
    shelved_until   timestamptz,
    shelved_by      text,
    shelved_reason  text,
    suppressed      text        CHECK (suppressed IN ('maintenance', 'parent', 'common')),
    suppressed_until timestamptz,
    suppressed_by   text,
    suppressed_reason text,
    parent_alert    bigint,                             -- the alert that stands for this one
    closed_at       timestamptz,
    closed_by       text,
    value           jsonb,
    limit_value     float8,
    unit            text,
    lon             float8,
    lat             float8,
    text_vi         text,
    text_en         text,
    common          boolean     NOT NULL DEFAULT false, -- counts towards "most of a source is down"
    task_wanted     boolean     NOT NULL DEFAULT false,
    task_id         bigint,
    incident_id     bigint,
    escalated_at    timestamptz,
    changed_at      timestamptz NOT NULL,
    -- The state follows from the axes, so the two cannot disagree; model.alert.state_of is the same rule.
    state           text        GENERATED ALWAYS AS (CASE
                        WHEN closed_at IS NOT NULL THEN 'closed'
                        WHEN suppressed IS NOT NULL THEN 'suppressed'
                        WHEN shelved_until IS NOT NULL THEN 'shelved'
                        WHEN NOT active THEN 'cleared'
                        WHEN acked_at IS NOT NULL THEN 'acked'
                        ELSE 'new' END) STORED,
    is_open         boolean     GENERATED ALWAYS AS (closed_at IS NULL) STORED,
    is_acked        boolean     GENERATED ALWAYS AS (acked_at IS NOT NULL) STORED,
    CHECK ((acked_at IS NULL) = (acked_by IS NULL)),
    CHECK ((shelved_until IS NULL) = (shelved_reason IS NULL)),
    CHECK ((suppressed IS NULL) = (suppressed_reason IS NULL)),
    CHECK (closed_at IS NOT NULL OR active OR acked_at IS NULL
           OR shelved_until IS NOT NULL OR suppressed IS NOT NULL)
);
ALTER SEQUENCE alert_number OWNED BY alert.id;
CREATE UNIQUE INDEX alert_one_open ON alert (rule, subject) WHERE is_open;
CREATE INDEX alert_queue ON alert (priority, is_acked, first_at, id) WHERE is_open;
CREATE INDEX alert_closed ON alert (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX alert_entity ON alert (entity_id, id);
CREATE INDEX alert_incident ON alert (incident_id) WHERE incident_id IS NOT NULL;
CREATE INDEX alert_parent ON alert (parent_alert) WHERE is_open AND parent_alert IS NOT NULL;
CREATE INDEX alert_dependant ON alert (parent_entity) WHERE is_open AND parent_entity IS NOT NULL;
CREATE INDEX alert_shelved ON alert (shelved_until) WHERE is_open AND shelved_until IS NOT NULL;
CREATE INDEX alert_suppressed ON alert (suppressed_until) WHERE is_open AND suppressed_until IS NOT NULL;
CREATE INDEX alert_tasks ON alert (id) WHERE is_open AND task_wanted;

-- Each coming of a condition, for rates, floods, chattering and the worst rules.
CREATE TABLE alert_raise (
    at          timestamptz NOT NULL,
    alert_id    bigint      NOT NULL,
    rule        text        NOT NULL,
    subject     text        NOT NULL,
    priority    smallint    NOT NULL,
    owner_org   int,
    area_code   text,
    sector      text,
    told        boolean     NOT NULL,                   -- it came before an operator (was not suppressed or shelved)
    is_exercise boolean     NOT NULL
);
CREATE INDEX alert_raise_at ON alert_raise (at);

-- Each act of a person, for the load of each operator.
CREATE TABLE alert_deed (
    at        timestamptz NOT NULL,
    actor     text        NOT NULL,
    act       text        NOT NULL,
    alerts    int         NOT NULL,
    seconds   float8                                    -- from raised to acknowledged, where that is what it was
);
CREATE INDEX alert_deed_at ON alert_deed (at);

-- Work on an entity during which its alerts are expected.
CREATE TABLE alert_maintenance (
    id        int         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version   int         NOT NULL DEFAULT 1,
    entity_id text        NOT NULL,
    rule      text,                                     -- null: every rule
    owner_org int,
    area_code text,
    sector    text,
    starts_at timestamptz NOT NULL,
    until     timestamptz NOT NULL,
    reason    text        NOT NULL,
    by        text        NOT NULL,
    ended_at  timestamptz,
    CHECK (until > starts_at)
);
CREATE INDEX alert_maintenance_entity ON alert_maintenance (entity_id) WHERE ended_at IS NULL;

-- A chain's head may pass over several entries at once where they all stand in the chain: ten thousand alerts
-- of a flood are appended by one statement.
CREATE OR REPLACE FUNCTION chain_head_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.log IS DISTINCT FROM OLD.log OR NEW.no <= OLD.no THEN
        RAISE EXCEPTION 'the head of a log moves forward only' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.no > OLD.no + 1 AND (SELECT count(*) FROM chain c
            WHERE c.log = NEW.log AND c.no > OLD.no AND c.no <= NEW.no) <> NEW.no - OLD.no THEN
        RAISE EXCEPTION 'the head of a log moves by one entry only, or over entries that stand in it'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
