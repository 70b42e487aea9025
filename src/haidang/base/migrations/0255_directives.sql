-- Directives: documents and meetings, what was read from them, what people said to it, and what was issued
-- (docs/decisions/0102-directives.md).

CREATE FUNCTION directive_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what belongs to directives is kept: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TABLE meeting (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version       int         NOT NULL DEFAULT 1,
    owner_org     int         NOT NULL REFERENCES org,  -- the office that keeps it
    title         text        NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
    title_fold    text        NOT NULL,
    chair         text        NOT NULL DEFAULT '',      -- as written: a person and an office
    held_on       date,
    place         text        NOT NULL DEFAULT '',
    invitation_no text        NOT NULL DEFAULT '',      -- "683/GM-UBND"
    participants  text[]      NOT NULL DEFAULT '{}',    -- as written
    secrecy       text        NOT NULL DEFAULT 'normal' CHECK (secrecy IN ('normal', 'restricted')),
    readers       int[]       NOT NULL DEFAULT '{}',    -- restricted: the units that may see it
    simulated     boolean     NOT NULL DEFAULT false,
    created_by    text        NOT NULL,
    created_at    timestamptz NOT NULL,
    changed_at    timestamptz NOT NULL
);
CREATE INDEX meeting_owner ON meeting (owner_org, held_on DESC, id DESC);

CREATE TABLE directive_document (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version          int         NOT NULL DEFAULT 1,
    owner_org        int         NOT NULL REFERENCES org,   -- the office that registered it and issues from it
    kind             text        NOT NULL,                  -- 'thong_bao', 'cong_van', … of model/document.py
    number           text        NOT NULL DEFAULT '',       -- "1412-TB/TU"
    number_key       text        NOT NULL DEFAULT '',       -- as it is compared
    issued_on        date,
    issued_on_certain boolean    NOT NULL DEFAULT false,
    issuer           text        NOT NULL DEFAULT '',
    place            text        NOT NULL DEFAULT '',
    signatory        text        NOT NULL DEFAULT '',
    signatory_title  text        NOT NULL DEFAULT '',
    subject          text        NOT NULL DEFAULT '',
    fold             text        NOT NULL,                  -- number, issuer and subject, as they are searched
    meeting_id       bigint      REFERENCES meeting,
    secrecy          text        NOT NULL DEFAULT 'normal' CHECK (secrecy IN ('normal', 'restricted', 'secret')),
    readers          int[]       NOT NULL DEFAULT '{}',     -- restricted: the units that may see it
    state            text        NOT NULL CHECK (state IN ('read', 'confirming', 'issued', 'withdrawn')),
    text             text,                                  -- raw, as it was read; null: a reference only
    text_sha256      text,
    file_name        text,
    file_size        bigint,
    file_sha256      text,
    file_type        text,
    file_kind        text,                                  -- docx, pdf, html, text, eml
    mail             jsonb,                                 -- {from, date, subject, attachments} of an e-mail
    warnings         jsonb       NOT NULL DEFAULT '[]',     -- of reading: [{code, vi, en}]
    note             text        NOT NULL DEFAULT '',       -- why it was withdrawn
    simulated        boolean     NOT NULL DEFAULT false,
    created_by       text        NOT NULL,
    created_at       timestamptz NOT NULL,
    changed_at       timestamptz NOT NULL,
    CHECK (secrecy <> 'secret' OR (text IS NULL AND file_sha256 IS NULL)),   -- secret ones are never stored
    CHECK ((text IS NULL) = (text_sha256 IS NULL)),
    CHECK (file_sha256 IS NULL OR text IS NOT NULL)
);
-- The same bytes are registered once by a unit, until they are withdrawn.
CREATE UNIQUE INDEX directive_document_same ON directive_document (owner_org, coalesce(file_sha256, text_sha256))
    WHERE state <> 'withdrawn' AND text_sha256 IS NOT NULL;
CREATE INDEX directive_document_number ON directive_document (number_key) WHERE number_key <> '';
CREATE INDEX directive_document_meeting ON directive_document (meeting_id) WHERE meeting_id IS NOT NULL;

CREATE FUNCTION directive_document_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.text IS DISTINCT FROM OLD.text OR NEW.text_sha256 IS DISTINCT FROM OLD.text_sha256
            OR NEW.file_sha256 IS DISTINCT FROM OLD.file_sha256 OR NEW.owner_org <> OLD.owner_org
            OR NEW.created_at <> OLD.created_at OR NEW.created_by <> OLD.created_by THEN
        RAISE EXCEPTION 'the text of a document is kept as it was read' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER directive_document_keep BEFORE UPDATE ON directive_document
    FOR EACH ROW EXECUTE FUNCTION directive_document_keep();
CREATE TRIGGER directive_document_no_delete BEFORE DELETE ON directive_document
    FOR EACH ROW EXECUTE FUNCTION directive_refuse();
CREATE TRIGGER directive_document_no_truncate BEFORE TRUNCATE ON directive_document
    EXECUTE FUNCTION directive_refuse();

-- What a document refers to; which document of ours that is, is looked up by its number when it is asked.
CREATE TABLE document_reference (
    document_id bigint NOT NULL REFERENCES directive_document,
    no          int    NOT NULL,
    kind        text   NOT NULL DEFAULT '',
    number      text   NOT NULL DEFAULT '',
    number_key  text   NOT NULL DEFAULT '',
    issued_on   date,
    issuer      text   NOT NULL DEFAULT '',
    span_start  int    NOT NULL,
    span_end    int    NOT NULL,
    text        text   NOT NULL,
    PRIMARY KEY (document_id, no)
);
CREATE INDEX document_reference_number ON document_reference (number_key) WHERE number_key <> '';

-- Each reading, as it came out.
CREATE TABLE extraction_run (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document_id bigint      NOT NULL REFERENCES directive_document,
    no          int         NOT NULL,
    at          timestamptz NOT NULL,
    by          text        NOT NULL,
    engine      text        NOT NULL,                 -- version of the product whose rules read
    took_ms     int         NOT NULL,
    items       int         NOT NULL,
    reading     jsonb       NOT NULL,                 -- facts and items as the engine gave them
    UNIQUE (document_id, no)
);
CREATE TRIGGER extraction_run_keep BEFORE UPDATE OR DELETE ON extraction_run
    FOR EACH ROW EXECUTE FUNCTION directive_refuse();
CREATE TRIGGER extraction_run_no_truncate BEFORE TRUNCATE ON extraction_run EXECUTE FUNCTION directive_refuse();

CREATE TABLE extraction_candidate (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version      int         NOT NULL DEFAULT 1,
    document_id  bigint      NOT NULL REFERENCES directive_document,
    run_id       bigint      REFERENCES extraction_run,
    origin       text        NOT NULL CHECK (origin IN ('engine', 'hand', 'split', 'merge')),
    came_from    bigint[]    NOT NULL DEFAULT '{}',   -- candidates whose place it takes
    state        text        NOT NULL CHECK (state IN ('open', 'accepted', 'rejected', 'issued', 'replaced')),
    span_start   int         NOT NULL,
    span_end     int         NOT NULL,
    text         text        NOT NULL,                -- raw text of the span
    lead         jsonb       NOT NULL,                -- names as written: [{text, name, kind, exceptions, start, end}]
    cooperating  jsonb       NOT NULL,
    lead_orgs    int[],                               -- chosen by a person, or held when accepted; null: by the names
    coop_orgs    int[],
    principal    int         REFERENCES org,          -- of several leads the one that answers; the others cooperate
    fan_out      boolean,                             -- one task for each lead; null: as the names suggest
    assignee     int         REFERENCES account,
    action       text        NOT NULL,
    product      text        NOT NULL DEFAULT '',
    sector       text,
    deadline     jsonb,                               -- as the engine read it
    due          jsonb,                               -- the rule that will be issued
    warnings     jsonb       NOT NULL DEFAULT '[]',
    rules        text[]      NOT NULL DEFAULT '{}',
    confidence   real        NOT NULL DEFAULT 0,
    heading      text        NOT NULL DEFAULT '',
    follows      text[]      NOT NULL DEFAULT '{}',   -- numbers of documents that it repeats
    edited       text[]      NOT NULL DEFAULT '{}',   -- which fields people corrected
    settled_at   timestamptz,
    settled_by   text,
    CHECK (span_start >= 0 AND span_start < span_end),
    CHECK ((state = 'open') = (settled_at IS NULL))
);
CREATE INDEX extraction_candidate_document ON extraction_candidate (document_id, span_start, id);
CREATE INDEX extraction_candidate_settled ON extraction_candidate (settled_at) WHERE settled_at IS NOT NULL;
CREATE TRIGGER extraction_candidate_no_delete BEFORE DELETE ON extraction_candidate
    FOR EACH ROW EXECUTE FUNCTION directive_refuse();
CREATE TRIGGER extraction_candidate_no_truncate BEFORE TRUNCATE ON extraction_candidate
    EXECUTE FUNCTION directive_refuse();

-- What people said to candidates, every time.
CREATE TABLE candidate_verdict (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    candidate_id bigint      NOT NULL REFERENCES extraction_candidate,
    at           timestamptz NOT NULL,
    by           text        NOT NULL,
    act          text        NOT NULL CHECK (act IN ('accept', 'correct', 'reject', 'split', 'merge', 'add', 'reopen',
                                 'issue')),
    body         jsonb       NOT NULL                 -- what changed: {field: [before, after]}, or why
);
CREATE INDEX candidate_verdict_candidate ON candidate_verdict (candidate_id, id);
CREATE TRIGGER candidate_verdict_keep BEFORE UPDATE OR DELETE ON candidate_verdict
    FOR EACH ROW EXECUTE FUNCTION directive_refuse();
CREATE TRIGGER candidate_verdict_no_truncate BEFORE TRUNCATE ON candidate_verdict
    EXECUTE FUNCTION directive_refuse();

-- What was issued. Its wording stays; who does it by when is its tasks.
CREATE TABLE directive (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version       int         NOT NULL DEFAULT 1,
    document_id   bigint      NOT NULL REFERENCES directive_document,
    candidate_id  bigint      NOT NULL UNIQUE REFERENCES extraction_candidate,
    no            text        NOT NULL,               -- within its document
    owner_org     int         NOT NULL REFERENCES org,
    text          text        NOT NULL,
    span_start    int         NOT NULL,
    span_end      int         NOT NULL,
    text_hash     text        NOT NULL,               -- SHA-256 of the text, UTF-8
    action        text        NOT NULL,
    fold          text        NOT NULL,               -- text, action and product, as they are searched
    product       text        NOT NULL,
    due           jsonb       NOT NULL,
    given_by      text        NOT NULL,               -- the leader, as written
    given_on      date        NOT NULL,
    sector        text,
    follows_id    bigint      REFERENCES directive,   -- the earlier one that it repeats
    replaces_id   bigint      UNIQUE REFERENCES directive,
    review_on     date,                               -- without an end: when the office looks again at the latest
    simulated     boolean     NOT NULL DEFAULT false,
    issued_by     text        NOT NULL,
    issued_at     timestamptz NOT NULL,
    UNIQUE (document_id, no),
    CHECK (span_start >= 0 AND span_start < span_end),
    CHECK (follows_id <> id AND replaces_id <> id)
);
CREATE INDEX directive_follows ON directive (follows_id) WHERE follows_id IS NOT NULL;
CREATE INDEX directive_owner ON directive (owner_org, id);

CREATE FUNCTION directive_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.document_id, NEW.candidate_id, NEW.no, NEW.owner_org, NEW.text, NEW.span_start, NEW.span_end,
            NEW.text_hash, NEW.action, NEW.product, NEW.due, NEW.given_by, NEW.given_on, NEW.simulated,
            NEW.issued_by, NEW.issued_at)
        IS DISTINCT FROM (OLD.document_id, OLD.candidate_id, OLD.no, OLD.owner_org, OLD.text, OLD.span_start,
            OLD.span_end, OLD.text_hash, OLD.action, OLD.product, OLD.due, OLD.given_by, OLD.given_on,
            OLD.simulated, OLD.issued_by, OLD.issued_at)
        OR NEW.replaces_id IS DISTINCT FROM OLD.replaces_id THEN
        RAISE EXCEPTION 'the wording of a directive is kept as it was issued; a corrected one replaces it'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER directive_keep BEFORE UPDATE ON directive FOR EACH ROW EXECUTE FUNCTION directive_keep();
CREATE TRIGGER directive_no_delete BEFORE DELETE ON directive FOR EACH ROW EXECUTE FUNCTION directive_refuse();
CREATE TRIGGER directive_no_truncate BEFORE TRUNCATE ON directive EXECUTE FUNCTION directive_refuse();

-- Whom it names, as it was issued: the words, and the units of that day.
CREATE TABLE directive_party (
    directive_id bigint NOT NULL REFERENCES directive,
    org_id       int    NOT NULL REFERENCES org,
    role         text   NOT NULL CHECK (role IN ('lead', 'coop')),
    raw_text     text   NOT NULL DEFAULT '',
    exceptions   text[] NOT NULL DEFAULT '{}',
    via          jsonb,                               -- how today's unit followed the one that is named
    PRIMARY KEY (directive_id, org_id, role)
);
CREATE INDEX directive_party_org ON directive_party (org_id, directive_id);
CREATE TRIGGER directive_party_keep BEFORE UPDATE OR DELETE ON directive_party
    FOR EACH ROW EXECUTE FUNCTION directive_refuse();
CREATE TRIGGER directive_party_no_truncate BEFORE TRUNCATE ON directive_party
    EXECUTE FUNCTION directive_refuse();

CREATE TABLE directive_link (
    directive_id bigint      NOT NULL REFERENCES directive,
    kind         text        NOT NULL CHECK (kind IN ('project', 'indicator', 'incident', 'document')),
    ref          text        NOT NULL CHECK (length(ref) BETWEEN 1 AND 200),
    title        text        NOT NULL DEFAULT '',
    at           timestamptz NOT NULL,
    by           text        NOT NULL,
    PRIMARY KEY (directive_id, kind, ref)
);
CREATE INDEX directive_link_ref ON directive_link (kind, ref);

-- A site's own groups of units ("các sở, ngành"), beside those of data/groups.yaml; in force from day to day.
CREATE TABLE directive_group (
    id         int     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text    NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    key        text    NOT NULL,                      -- the name as it is compared
    members    int[]   NOT NULL,
    valid_from date    NOT NULL,
    valid_to   date,                                  -- first day on which it no longer holds
    decision   text    NOT NULL DEFAULT '',           -- number and date of what set it up
    at         timestamptz NOT NULL,
    by         text    NOT NULL,
    CHECK (valid_to > valid_from),
    UNIQUE (key, valid_from)
);
