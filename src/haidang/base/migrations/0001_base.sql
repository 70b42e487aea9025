-- base: writes that are safe to repeat, and the way of every room's events into the one ordered log.

-- The answer to each idempotency key, stored in the transaction of the write that it answers.
CREATE TABLE idempotency (
    actor text NOT NULL,                -- who wrote; two actors may choose the same key
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
    fingerprint bytea NOT NULL,         -- hash of what was asked; the same key for something else is refused
    result json,                        -- what the write answered; null while its transaction is open
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (actor, key)
);
CREATE INDEX idempotency_at ON idempotency USING brin (at);

-- Events of the rooms wait here, in the transaction that made them, for the city's writer, which alone gives
-- numbers in the ordered log: rows are deleted when they have their place there.
CREATE TABLE event_inbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    topic text NOT NULL,                -- what it is about: 'feeds', 'tasks', …
    kind text NOT NULL,                 -- what happened: 'run-finished', …
    ref text NOT NULL,                  -- id of the thing it happened to
    body jsonb NOT NULL,
    owner_org integer,                  -- whose it is; decides who may see it
    area_code text,
    sector text
);
