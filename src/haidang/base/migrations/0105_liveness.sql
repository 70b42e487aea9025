-- When each source and each type of entity was last observed and last heard of (step "liveness" of the pipeline).
CREATE TABLE liveness (
    source        text        NOT NULL,       -- as in entity.source
    type_id       int         NOT NULL,
    owner_org     int         NOT NULL,       -- part of the key, as it decides who may see the row
    observed_at   timestamptz,                -- null while nothing with a time of observation came
    received_at   timestamptz NOT NULL,
    PRIMARY KEY (source, type_id, owner_org)
) WITH (fillfactor = 50);
