-- Tables of composed indices as they were published: the file itself, by which method and of which year it is
-- (docs/decisions/0122-indices.md). Totals, places and gaps are computed from it, never stored.

CREATE TABLE index_table (
    id             int         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version        int         NOT NULL DEFAULT 1,
    method         text        NOT NULL,
    method_version int         NOT NULL,
    method_sha256  text        NOT NULL CHECK (method_sha256 ~ '^[0-9a-f]{64}$'),  -- what the method said on that day
    index_code     text        NOT NULL,
    year           int         NOT NULL CHECK (year BETWEEN 1990 AND 2100),
    units_on       date,                                   -- the day whose provinces are meant, where a person said it
    title          text        NOT NULL,
    source         text        NOT NULL DEFAULT '',        -- who published it, and where
    shared         boolean     NOT NULL DEFAULT false,     -- whoever reads any indicator reads it
    owner_org      int         NOT NULL REFERENCES org,
    name           text        NOT NULL,                   -- of the file
    sha256         text        NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    content        bytea       NOT NULL CHECK (octet_length(content) <= 2097152),
    simulated      boolean     NOT NULL DEFAULT false,
    corrects       int         REFERENCES index_table,
    reason         text        NOT NULL DEFAULT '',
    created_by     text        NOT NULL,
    recorded_at    timestamptz NOT NULL,
    superseded_at  timestamptz,                            -- by a correction
    CHECK ((corrects IS NULL) = (reason = ''))
);
CREATE UNIQUE INDEX index_table_current ON index_table (owner_org, index_code, year) WHERE superseded_at IS NULL;
CREATE INDEX index_table_years ON index_table (index_code, year) WHERE superseded_at IS NULL;
CREATE UNIQUE INDEX index_table_corrects ON index_table (corrects);

CREATE FUNCTION index_table_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION 'a table of an index is kept: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
            OR to_jsonb(NEW) - '{version,superseded_at}'::text[] <> to_jsonb(OLD) - '{version,superseded_at}'::text[] THEN
        RAISE EXCEPTION 'a table of an index is corrected by another, never changed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER index_table_keep BEFORE UPDATE OR DELETE ON index_table FOR EACH ROW EXECUTE FUNCTION index_table_keep();
CREATE TRIGGER index_table_no_truncate BEFORE TRUNCATE ON index_table EXECUTE FUNCTION index_table_keep();
