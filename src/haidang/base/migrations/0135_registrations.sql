-- Context source registrations (docs/decisions/0062-registrations-and-actuation.md).

CREATE TABLE registration_site (
    one   boolean PRIMARY KEY DEFAULT true CHECK (one),
    alias text    NOT NULL,                 -- by which the Via of other brokers knows this site
    rev   bigint  NOT NULL                  -- grows with every change of any registration
);
INSERT INTO registration_site (alias, rev) VALUES ('haidang-' || replace(gen_random_uuid()::text, '-', ''), 0);

CREATE TABLE registration (
    no           int         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id    int         NOT NULL,
    id           text        NOT NULL,
    owner        text        NOT NULL,      -- 'account:7', 'key:3': who answers for it, created or last changed it
    owner_org    int         NOT NULL,
    area_code    text,
    sector       text,
    context      jsonb       NOT NULL,      -- what it was written in and what the source is written to in
    body         jsonb       NOT NULL,      -- as sent, names of types and attributes expanded
    mode         text        NOT NULL,
    expires      timestamptz,
    created      timestamptz NOT NULL,
    modified     timestamptz NOT NULL,
    times_sent   bigint      NOT NULL DEFAULT 0,
    times_failed bigint      NOT NULL DEFAULT 0,
    last_success timestamptz,
    last_failure timestamptz,
    last_error   text,
    UNIQUE (tenant_id, id)
);

-- What exclusive registrations hold: one attribute of one entity belongs to one of them.
CREATE TABLE registration_claim (
    tenant_id int    NOT NULL,
    entity_id text   NOT NULL,
    attribute text   NOT NULL,              -- IRI
    types     text[] NOT NULL,              -- of the entity, as the registration has them
    no        int    NOT NULL,
    PRIMARY KEY (tenant_id, entity_id, attribute)
);
CREATE INDEX registration_claim_no ON registration_claim (no);

-- Commands stand in the audit log as a begin and an end; the list of them asks by these.
CREATE INDEX chain_actuation_begin ON chain (no) WHERE action = 'actuation.begin';
CREATE INDEX chain_actuation_end ON chain (((body::jsonb->>'begin')::bigint)) WHERE action = 'actuation.end';
