-- Rules of alerts: what is remembered, and what a site has decided about them (docs/decisions/0090-alert-rules.md).

-- Conditions that are not idle, and what joints have seen; instants in µs since 1970, as the engine has them.
CREATE TABLE rule_state (
    rule   text     NOT NULL,
    key    text     NOT NULL,                 -- e:<eid> an entity, g:<group> a group, s:<place>:<eid> a sighting
    eid    int      NOT NULL,
    state  smallint NOT NULL,                 -- 0 sighting, 1 pending, 2 active, 3 clearing
    since  bigint   NOT NULL,                 -- 2^62 of a sighting: as long as it is missing
    due    bigint   NOT NULL,
    raised bigint   NOT NULL,
    value  jsonb,
    bound  float8,
    PRIMARY KEY (rule, key)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

CREATE TABLE rule_mode (
    rule    text        PRIMARY KEY,
    mode    text        NOT NULL CHECK (mode IN ('on', 'trial', 'off')),
    reason  text        NOT NULL,
    by      text        NOT NULL,
    at      timestamptz NOT NULL,
    version int         NOT NULL DEFAULT 1
);

CREATE TABLE rule_override (
    rule    text        NOT NULL,
    entity  text        NOT NULL,             -- its id in the default tenant
    changes jsonb       NOT NULL,             -- fields of the rule's condition that have another value
    off     boolean     NOT NULL,
    until   timestamptz,                      -- after it the rule is as for all others
    reason  text        NOT NULL,
    by      text        NOT NULL,
    at      timestamptz NOT NULL,
    version int         NOT NULL DEFAULT 1,
    PRIMARY KEY (rule, entity)
);

-- What rules on trial would have raised; the newest thousand of each rule.
CREATE TABLE rule_shadow (
    no     bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule   text        NOT NULL,
    entity text        NOT NULL,
    kind   text        NOT NULL CHECK (kind IN ('raise', 'clear')),
    at     timestamptz NOT NULL,
    value  jsonb
);
CREATE INDEX rule_shadow_rule ON rule_shadow (rule, no);

-- Up to when everything recorded has been looked at, and since when without a gap.
CREATE TABLE rule_clock (
    only_one  boolean     PRIMARY KEY DEFAULT true CHECK (only_one),
    from_seq  bigint      NOT NULL,           -- changes up to here were before the rules and raise nothing
    checked   timestamptz NOT NULL,
    listening timestamptz NOT NULL
);

-- Grows with every change of modes and overrides, and with every wish to read the packs again.
CREATE TABLE rule_revision (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    revision bigint  NOT NULL
);
INSERT INTO rule_revision (revision) VALUES (1);
