-- Lines of others' CAP messages, and what their feeds lead to.

ALTER TABLE cap_received
    ADD COLUMN refs    text[] NOT NULL DEFAULT '{}',  -- 'sender,identifier,2026-11-22T07:05:00+00:00'
    ADD COLUMN subject text   NOT NULL DEFAULT '';    -- of a line's first message: what its alert is known by
CREATE INDEX cap_received_refs ON cap_received USING gin (refs);
CREATE INDEX cap_received_recent ON cap_received (received_at DESC, id DESC);

-- An entry of a feed that has been looked at: fetched once for each time that the feed says it has changed.
CREATE TABLE cap_link (
    url     text        NOT NULL,
    updated text        NOT NULL,
    feed    text        NOT NULL,
    at      timestamptz NOT NULL,
    problem text        NOT NULL DEFAULT '',
    PRIMARY KEY (url, updated)
);
CREATE INDEX cap_link_at ON cap_link (at);
