-- JSON-LD contexts beside the core and the site's own: hosted for somebody, or kept after a download.
CREATE TABLE context (
    url         text        PRIMARY KEY,
    id          text        NOT NULL UNIQUE,  -- last part of its address here
    kind        text        NOT NULL CHECK (kind IN ('Cached', 'Hosted')),
    body        jsonb       NOT NULL,         -- {"@context": …}, checked before it comes here
    owner_org   int,                          -- who had it hosted; null for downloads
    created_at  timestamptz NOT NULL
);
