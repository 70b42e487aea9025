-- Data models: how strictly each type is held to its model, and what did not fit (docs/decisions/0066-data-models.md).

-- What was chosen at run time; a type without a row does as its pack and the setting say.
CREATE TABLE model_mode (
    type       text        PRIMARY KEY,
    mode       text        NOT NULL CHECK (mode IN ('accept', 'warn', 'reject')),
    version    int         NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by text        NOT NULL
);

-- How many entities were looked at, by whose they are; '' stands for no area and no sector.
CREATE TABLE model_seen (
    type      text        NOT NULL,
    owner_org int         NOT NULL,
    area_code text        NOT NULL,
    sector    text        NOT NULL,
    checked   bigint      NOT NULL,
    faulty    bigint      NOT NULL,
    since     timestamptz NOT NULL,
    PRIMARY KEY (type, owner_org, area_code, sector)
);

-- What did not fit, counted, with the last example.
CREATE TABLE model_violation (
    type      text        NOT NULL,
    attribute text        NOT NULL,
    reason    text        NOT NULL,            -- kind, value, enum, range, format, required, unit
    owner_org int         NOT NULL,
    area_code text        NOT NULL,
    sector    text        NOT NULL,
    count     bigint      NOT NULL,
    refused   bigint      NOT NULL,            -- of these, in entities that were refused
    first_at  timestamptz NOT NULL,
    last_at   timestamptz NOT NULL,
    entity_id text        NOT NULL,
    value     text,
    vi        text        NOT NULL,
    en        text        NOT NULL,
    PRIMARY KEY (type, attribute, reason, owner_org, area_code, sector)
);
