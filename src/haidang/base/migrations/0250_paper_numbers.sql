-- Numbers of papers: one register per issuer, type and year (docs/decisions/0101-documents-that-come.md).

CREATE TABLE paper_series (
    org_id    int      NOT NULL REFERENCES org,
    type_code text     NOT NULL CHECK (type_code ~ '^[A-ZĐ][A-ZĐa-z]{0,9}$'),   -- 'TB', 'BC', 'CV', 'QĐ'
    year      smallint NOT NULL CHECK (year BETWEEN 2000 AND 2200),
    last      int      NOT NULL DEFAULT 0 CHECK (last BETWEEN 0 AND 999999),    -- the highest number given
    PRIMARY KEY (org_id, type_code, year)
);

CREATE TABLE paper_number (
    id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version   int         NOT NULL DEFAULT 1,
    org_id    int         NOT NULL,
    type_code text        NOT NULL,
    year      smallint    NOT NULL,
    number    int         NOT NULL CHECK (number > 0),
    symbol    text        NOT NULL,             -- as it stands on the paper: '05/TB-UBND'
    subject   text        NOT NULL CHECK (length(subject) BETWEEN 1 AND 1000),
    given_at  timestamptz NOT NULL,
    given_by  text        NOT NULL,             -- 'account:7'
    void_at   timestamptz,                      -- the paper did not leave; its number stays taken
    void_by   text,
    void_why  text,
    FOREIGN KEY (org_id, type_code, year) REFERENCES paper_series,
    UNIQUE (org_id, type_code, year, number),
    CHECK (num_nulls(void_at, void_by, void_why) IN (0, 3))
);
CREATE INDEX paper_number_newest ON paper_number (id DESC, org_id);

-- Numbers below the last one that no paper of this register has, and why.
CREATE TABLE paper_gap (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id       int         NOT NULL,
    type_code    text        NOT NULL,
    year         smallint    NOT NULL,
    first        int         NOT NULL CHECK (first > 0),
    last         int         NOT NULL,
    why          text        NOT NULL CHECK (length(why) BETWEEN 5 AND 1000),
    explained_at timestamptz NOT NULL,
    explained_by text        NOT NULL,
    FOREIGN KEY (org_id, type_code, year) REFERENCES paper_series,
    CHECK (first <= last)
);
CREATE INDEX paper_gap_of ON paper_gap (org_id, type_code, year, first);

CREATE FUNCTION paper_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'numbers of papers are kept: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER paper_number_no_delete BEFORE DELETE ON paper_number
    FOR EACH ROW EXECUTE FUNCTION paper_keep();
CREATE TRIGGER paper_number_no_truncate BEFORE TRUNCATE ON paper_number
    FOR EACH STATEMENT EXECUTE FUNCTION paper_keep();
CREATE TRIGGER paper_number_same BEFORE UPDATE ON paper_number FOR EACH ROW
    WHEN ((OLD.org_id, OLD.type_code, OLD.year, OLD.number, OLD.symbol, OLD.subject, OLD.given_at, OLD.given_by)
          IS DISTINCT FROM
          (NEW.org_id, NEW.type_code, NEW.year, NEW.number, NEW.symbol, NEW.subject, NEW.given_at, NEW.given_by)
          OR OLD.void_at IS NOT NULL)
    EXECUTE FUNCTION paper_keep();
CREATE TRIGGER paper_series_no_delete BEFORE DELETE ON paper_series
    FOR EACH ROW EXECUTE FUNCTION paper_keep();
CREATE TRIGGER paper_series_forward BEFORE UPDATE ON paper_series FOR EACH ROW
    WHEN (NEW.last < OLD.last OR (NEW.org_id, NEW.type_code, NEW.year) IS DISTINCT FROM (OLD.org_id, OLD.type_code, OLD.year))
    EXECUTE FUNCTION paper_keep();
CREATE TRIGGER paper_gap_keep BEFORE UPDATE OR DELETE ON paper_gap
    FOR EACH ROW EXECUTE FUNCTION paper_keep();
