-- Warnings out (CAP 1.2) and others' CAP messages in (docs/decisions/0092-cap.md).

CREATE SEQUENCE warning_identifier;
CREATE TABLE warning (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version       int         NOT NULL DEFAULT 1,
    identifier    text        NOT NULL UNIQUE CHECK (identifier ~ '^[A-Za-z0-9.-]{1,100}$'),
    sender        text,                               -- the site's, set as it is sent
    sent          timestamptz,
    msg_type      text        NOT NULL CHECK (msg_type IN ('Alert', 'Update', 'Cancel')),
    status        text        NOT NULL CHECK (status IN ('Actual', 'Exercise', 'System', 'Test', 'Draft')),
    scope         text        NOT NULL CHECK (scope IN ('Public', 'Restricted', 'Private')),
    state         text        NOT NULL CHECK (state IN ('draft', 'waiting', 'approved', 'refused', 'dropped', 'sent',
                                  'replaced', 'cancelled', 'expired')),
    content       jsonb       NOT NULL,               -- the facts of its draft
    headline      text        NOT NULL,               -- of its first language, for lists
    refs          bigint[]    NOT NULL DEFAULT '{}',  -- warnings of ours that it updates or cancels
    incident_id   bigint,
    is_exercise   boolean     NOT NULL,
    owner_org     int         NOT NULL REFERENCES org,
    area_code     text,
    sector        text,
    authors       text[]      NOT NULL CHECK (cardinality(authors) BETWEEN 1 AND 100),  -- every hand in its content
    preapproved   text        NOT NULL DEFAULT '',    -- the document that approved its template beforehand
    approver      text,
    approved_at   timestamptz,
    sent_by       text,
    why           text        NOT NULL DEFAULT '',    -- of a refusal
    expires       timestamptz,
    xml           text,                               -- as it left; never changes
    ended_at      timestamptz,
    ended_by      bigint      REFERENCES warning,     -- the Update or Cancel that ended it
    created_at    timestamptz NOT NULL,
    changed_at    timestamptz NOT NULL,
    UNIQUE (sender, identifier, sent),
    CHECK (is_exercise = (status = 'Exercise')),
    CHECK (scope <> 'Public' OR status NOT IN ('Exercise', 'Test', 'Draft')),
    CHECK ((msg_type = 'Alert') = (cardinality(refs) = 0)),
    CHECK ((approver IS NULL) = (approved_at IS NULL)),
    CHECK (approver IS NULL OR approver <> ALL (authors)),
    CHECK ((xml IS NULL) = (sent IS NULL) AND (xml IS NULL) = (sender IS NULL)),
    CHECK ((xml IS NULL) = (state IN ('draft', 'waiting', 'approved', 'refused', 'dropped'))),
    CHECK (xml IS NULL OR approver IS NOT NULL OR preapproved <> '')
);
CREATE INDEX warning_recent ON warning (changed_at DESC, id DESC);
CREATE INDEX warning_expiry ON warning (expires) WHERE state = 'sent';
CREATE INDEX warning_incident ON warning (incident_id) WHERE incident_id IS NOT NULL;
CREATE INDEX warning_public ON warning (sent DESC) WHERE xml IS NOT NULL AND status = 'Actual' AND scope = 'Public';

CREATE FUNCTION warning_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.xml IS NOT NULL AND (NEW.xml, NEW.sender, NEW.identifier, NEW.sent, NEW.content)
            IS DISTINCT FROM (OLD.xml, OLD.sender, OLD.identifier, OLD.sent, OLD.content) THEN
        RAISE EXCEPTION 'what was sent is updated or cancelled, never changed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER warning_stays BEFORE UPDATE ON warning FOR EACH ROW EXECUTE FUNCTION warning_stays();
CREATE FUNCTION warning_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a warning is never deleted' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER warning_kept BEFORE DELETE ON warning FOR EACH ROW EXECUTE FUNCTION warning_kept();

-- One row: counts every change of what the public sees, so that feeds are made once for each.
CREATE TABLE warning_stamp (
    one   boolean PRIMARY KEY DEFAULT true CHECK (one),
    stamp bigint  NOT NULL
);
INSERT INTO warning_stamp (stamp) VALUES (0);

-- What others have sent.
CREATE TABLE cap_received (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sender      text        NOT NULL,
    identifier  text        NOT NULL,
    sent        timestamptz NOT NULL,
    cap_version text        NOT NULL CHECK (cap_version IN ('1.0', '1.1', '1.2')),
    source      text        NOT NULL,                 -- file name or address it came from
    status      text        NOT NULL,
    msg_type    text        NOT NULL,
    message     jsonb       NOT NULL,
    xml         text        NOT NULL,                 -- as it came
    notes       text[]      NOT NULL DEFAULT '{}',    -- what was taken although the standard forbids it
    line        bigint,                               -- the first message of its line: alert, updates, cancel
    outcome     text        NOT NULL CHECK (outcome IN ('raised', 'updated', 'ended', 'noted')),
    why         text        NOT NULL DEFAULT '',
    expires     timestamptz,
    ended_at    timestamptz,                          -- of a line's first message: nothing of it is in force
    owner_org   int         NOT NULL REFERENCES org,
    area_code   text,
    received_at timestamptz NOT NULL,
    UNIQUE (sender, identifier, sent)
);
CREATE INDEX cap_received_expiry ON cap_received (expires) WHERE ended_at IS NULL AND outcome = 'raised';
CREATE INDEX cap_received_line ON cap_received (line);

-- Others' feeds that are polled.
CREATE TABLE cap_source (
    url        text        PRIMARY KEY,
    etag       text,
    modified   text,
    last_at    timestamptz,
    last_ok_at timestamptz,
    problem    text        NOT NULL DEFAULT ''
);
