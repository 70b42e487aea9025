-- Subscriptions and the outbox of their notifications (docs/decisions/0028-notifications.md). No foreign keys: what
-- matches and what sends never waits for whoever changes or deletes a subscription.

CREATE SEQUENCE subscription_rev;

CREATE TABLE subscription (
    no         int         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id  int         NOT NULL,
    id         text        NOT NULL,
    rev        bigint      NOT NULL DEFAULT nextval('subscription_rev'), -- grows with every change of any of them
    from_seq   bigint      NOT NULL,          -- changes up to here were before it and are none of its concern
    owner      text        NOT NULL,          -- 'account:7', 'key:3': who answers for it, created or last changed it
    owner_org  int,
    scopes     jsonb       NOT NULL,          -- what the owner could read then; what it may read now is asked anew
    context    jsonb       NOT NULL,          -- addresses of the @context it was written in
    body       jsonb       NOT NULL,          -- as sent, names of types and attributes expanded
    created    timestamptz NOT NULL,
    modified   timestamptz NOT NULL,
    UNIQUE (tenant_id, id)
);

-- What happens to a subscription by itself; apart, so that deliveries do not wait for whoever changes it.
CREATE TABLE subscription_life (
    no                int    PRIMARY KEY,
    times_sent        bigint NOT NULL DEFAULT 0,
    times_failed      bigint NOT NULL DEFAULT 0,
    last_notification timestamptz,
    last_success      timestamptz,
    last_failure      timestamptz,
    last_error        text,
    made_at           timestamptz             -- when its last notification was put into the outbox
);

-- Last values that wait for the end of a throttling window.
CREATE TABLE subscription_held (
    no        int    NOT NULL,
    entity_id text   NOT NULL,
    seq       bigint NOT NULL,
    origin    jsonb  NOT NULL,
    data      text   NOT NULL,
    PRIMARY KEY (no, entity_id)
);

-- The outbox: written with the pipeline's cursor, deleted when the endpoint has taken it.
CREATE TABLE notification (
    no           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id           text        NOT NULL UNIQUE, -- the same for the same change, however often it is matched or sent
    subscription int         NOT NULL,
    queue        text        NOT NULL,        -- the endpoint's address
    entity_id    text        NOT NULL,        -- '' where it tells of several
    origins      jsonb       NOT NULL,        -- [[owner_org, area_code, sector], …] of the entities in it
    made_at      timestamptz NOT NULL,
    tries        int         NOT NULL DEFAULT 0,
    dead_at      timestamptz,                 -- given up: an operator looks at it and may replay it
    error        text,                        -- why the last try failed
    body         text        NOT NULL
);
CREATE INDEX notification_waiting ON notification (queue, no) WHERE dead_at IS NULL;
CREATE INDEX notification_dead ON notification (no) WHERE dead_at IS NOT NULL;
CREATE INDEX notification_subscription ON notification (subscription);
