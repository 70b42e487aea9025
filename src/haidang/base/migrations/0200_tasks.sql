-- Tasks: who must do what, by when, and is it done (docs/decisions/0080-tasks.md).

CREATE TABLE task (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version        int         NOT NULL DEFAULT 1,
    title          text        NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
    title_fold     text        NOT NULL,
    description    text        NOT NULL DEFAULT '',
    product        text        NOT NULL DEFAULT '',  -- what must be handed in; empty: a text is enough
    source_kind    text        NOT NULL,              -- 'manual', 'alert', 'incident', 'directive', 'recurring', …
    source_id      text        NOT NULL DEFAULT '',
    by_document    text        NOT NULL DEFAULT '',   -- number and date of the document it was given by
    policy         text        NOT NULL,
    parent_id      bigint      REFERENCES task,
    depth          smallint    NOT NULL DEFAULT 0 CHECK (depth BETWEEN 0 AND 5),
    owner_org      int         NOT NULL REFERENCES org,  -- the one lead unit
    assignee       int         REFERENCES account,
    assigner_org   int         NOT NULL REFERENCES org,
    assigner       text        NOT NULL,              -- 'account:7', 'system:alerts'
    monitor_org    int         REFERENCES org,        -- may judge in the assigner's place
    coop_orgs      int[]       NOT NULL DEFAULT '{}',
    area_code      text,
    sector         text,
    priority       smallint    NOT NULL CHECK (priority BETWEEN 1 AND 4),
    state          text        NOT NULL CHECK (state IN ('draft', 'new', 'received', 'in_progress', 'reported',
                                   'returned', 'accepted', 'closed', 'suspended', 'cancelled')),
    given_at       timestamptz,                       -- when the present lead got it; null while a draft
    due            jsonb       NOT NULL,              -- the rule: precision and its facts
    due_precision  text        NOT NULL CHECK (due_precision IN ('moment', 'day', 'month', 'quarter', 'year',
                                   'working_days', 'working_minutes', 'minutes', 'recurring', 'event', 'urgent',
                                   'open', 'none')),
    due_end        timestamptz,                       -- the end that holds now, exclusive
    due_original   timestamptz,                       -- as first given; pauses move it, extensions do not
    review_at      timestamptz,                       -- without an end: when the assigner must look again
    due_version    int         NOT NULL DEFAULT 1,
    due_set_at     timestamptz NOT NULL,
    progress_pct   smallint    CHECK (progress_pct BETWEEN 0 AND 100),
    progress_text  text        NOT NULL DEFAULT '',
    reported_at    timestamptz,                       -- of the report that stands; a return takes it away
    reported_by    text,
    reports        int         NOT NULL DEFAULT 0,
    accepted_at    timestamptz,
    accepted_by    text,
    closed_at      timestamptz,
    paused_at      timestamptz,
    pause_reason   text,
    pause_document text,
    state_before   text,                              -- where a suspended task goes on
    returns        int         NOT NULL DEFAULT 0,
    bounces        int         NOT NULL DEFAULT 0,
    extensions     int         NOT NULL DEFAULT 0,    -- granted ones
    reopened       int         NOT NULL DEFAULT 0,
    review_no      int         NOT NULL DEFAULT 1,
    next_action_at timestamptz,
    created_at     timestamptz NOT NULL,
    changed_at     timestamptz NOT NULL,
    is_exercise    boolean     NOT NULL DEFAULT false,
    is_open        boolean     GENERATED ALWAYS AS (state IN ('new', 'received', 'in_progress', 'reported',
                                   'returned', 'suspended')) STORED,
    due_sort       timestamptz GENERATED ALWAYS AS (coalesce(due_end, review_at, 'infinity')) STORED,
    CHECK (parent_id <> id),
    CHECK ((state = 'suspended') = (paused_at IS NOT NULL)),
    CHECK ((state IN ('accepted', 'closed')) = (accepted_at IS NOT NULL)),
    CHECK (accepted_at IS NULL OR reported_at IS NOT NULL),
    CHECK ((state = 'draft') = (given_at IS NULL) OR state = 'cancelled')
);
CREATE INDEX task_inbox ON task (due_sort, id) WHERE is_open;
CREATE INDEX task_assignee ON task (assignee, due_sort, id) WHERE is_open;
CREATE INDEX task_next ON task (next_action_at) WHERE next_action_at IS NOT NULL;
CREATE INDEX task_parent ON task (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX task_source ON task (source_kind, source_id);

-- Every unit that has to do with a task, with copies of what an inbox sorts by.
CREATE TABLE task_party (
    task_id  bigint      NOT NULL REFERENCES task ON DELETE CASCADE,
    org_id   int         NOT NULL,
    part     text        NOT NULL CHECK (part IN ('lead', 'assigner', 'monitor', 'coop')),
    is_open  boolean     NOT NULL,
    due_sort timestamptz NOT NULL,
    PRIMARY KEY (task_id, org_id, part)
);
CREATE UNIQUE INDEX task_party_one_lead ON task_party (task_id) WHERE part = 'lead';
CREATE INDEX task_party_unit ON task_party (org_id, part, due_sort, task_id) WHERE is_open;
CREATE INDEX task_party_inbox ON task_party (due_sort, task_id, org_id, part) WHERE is_open;
CREATE INDEX task_party_done ON task_party (org_id, task_id) WHERE NOT is_open;

CREATE FUNCTION task_parties() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.owner_org, NEW.assigner_org, NEW.monitor_org, NEW.coop_orgs)
            IS NOT DISTINCT FROM (OLD.owner_org, OLD.assigner_org, OLD.monitor_org, OLD.coop_orgs) THEN
        IF (NEW.is_open, NEW.due_sort) IS DISTINCT FROM (OLD.is_open, OLD.due_sort) THEN
            UPDATE task_party SET is_open = NEW.is_open, due_sort = NEW.due_sort WHERE task_id = NEW.id;
        END IF;
        RETURN NULL;
    END IF;
    DELETE FROM task_party WHERE task_id = NEW.id;
    INSERT INTO task_party (task_id, org_id, part, is_open, due_sort)
        SELECT DISTINCT NEW.id, party.org_id, party.part, NEW.is_open, NEW.due_sort
        FROM (SELECT NEW.owner_org, 'lead'
              UNION ALL SELECT NEW.assigner_org, 'assigner'
              UNION ALL SELECT NEW.monitor_org, 'monitor' WHERE NEW.monitor_org IS NOT NULL
              UNION ALL SELECT unnest(NEW.coop_orgs), 'coop') AS party (org_id, part);
    RETURN NULL;
END $$;
CREATE TRIGGER task_parties AFTER INSERT OR UPDATE ON task FOR EACH ROW EXECUTE FUNCTION task_parties();

CREATE TABLE task_report (
    task_id     bigint      NOT NULL REFERENCES task ON DELETE CASCADE,
    no          int         NOT NULL,
    at          timestamptz NOT NULL,
    by          text        NOT NULL,
    text        text        NOT NULL,
    product     text        NOT NULL DEFAULT '',      -- document number and date, or a link to data
    verdict     text        CHECK (verdict IN ('accepted', 'partly', 'returned', 'withdrawn')),
    verdict_at  timestamptz,
    verdict_by  text,
    verdict_why text        NOT NULL DEFAULT '',
    PRIMARY KEY (task_id, no),
    CHECK ((verdict IS NULL) = (verdict_at IS NULL))
);

CREATE TABLE due_change (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task_id    bigint      NOT NULL REFERENCES task ON DELETE CASCADE,
    kind       text        NOT NULL CHECK (kind IN ('extension', 'shortening', 'pause', 'event', 'reopening', 'review',
                               'set', 'calendar')),
    asked_at   timestamptz NOT NULL,
    asked_by   text        NOT NULL,
    in_time    boolean     NOT NULL DEFAULT true,     -- asked before the end; granted late ones stay late
    reason     text        NOT NULL,
    document   text        NOT NULL DEFAULT '',
    old_end    timestamptz,
    new_end    timestamptz,
    new_due    jsonb,
    decision   text        CHECK (decision IN ('granted', 'refused')),
    decided_at timestamptz,
    decided_by text,
    why        text        NOT NULL DEFAULT ''
);
CREATE INDEX due_change_task ON due_change (task_id, id);
CREATE UNIQUE INDEX due_change_one_open ON due_change (task_id) WHERE decision IS NULL;

CREATE TABLE task_refusal (
    task_id      bigint      NOT NULL REFERENCES task ON DELETE CASCADE,
    org_id       int         NOT NULL,
    at           timestamptz NOT NULL,
    by           text        NOT NULL,
    ground       text        NOT NULL,
    proposed_org int,
    decision     text        CHECK (decision IN ('transferred', 'insisted')),
    decided_at   timestamptz,
    decided_by   text,
    PRIMARY KEY (task_id, org_id)                     -- a unit says "not ours" once
);

CREATE TABLE task_evidence (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task_id    bigint      NOT NULL REFERENCES task ON DELETE CASCADE,
    name       text        NOT NULL,
    media_type text        NOT NULL,
    size_bytes bigint      NOT NULL,
    sha256     text        NOT NULL,
    scan       text        NOT NULL CHECK (scan IN ('clean', 'not_scanned')),
    by         text        NOT NULL,
    at         timestamptz NOT NULL,
    supersedes bigint      REFERENCES task_evidence UNIQUE
);
CREATE INDEX task_evidence_task ON task_evidence (task_id, id);
CREATE FUNCTION task_evidence_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'evidence is superseded, never changed' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER task_evidence_no_change BEFORE UPDATE ON task_evidence
    FOR EACH ROW EXECUTE FUNCTION task_evidence_refuse();

-- A step of a task falls once: delivered, or collapsed into a higher one that was due at the same look.
CREATE TABLE reminder (
    task_id   bigint      NOT NULL REFERENCES task ON DELETE CASCADE,
    version   int         NOT NULL,                   -- of what the step belongs to: due, report, review, acceptance
    step      text        NOT NULL,
    due_at    timestamptz NOT NULL,                   -- when it was to fall
    made_at   timestamptz NOT NULL,
    collapsed text,                                   -- the step that stands for it
    PRIMARY KEY (task_id, version, step)
);

-- What somebody is told on the screen; to a person, or to a unit's inbox where a role is nobody's.
CREATE TABLE notice (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key        text        NOT NULL,                  -- the cause; the same cause tells an addressee once
    account_id int         REFERENCES account,
    org_id     int         REFERENCES org,
    task_id    bigint      REFERENCES task ON DELETE CASCADE,
    kind       text        NOT NULL,
    vi         text        NOT NULL,
    en         text        NOT NULL,
    priority   smallint    NOT NULL,
    made_at    timestamptz NOT NULL,
    read_at    timestamptz,
    UNIQUE NULLS NOT DISTINCT (key, account_id, org_id),
    CHECK ((account_id IS NULL) <> (org_id IS NULL))
);
CREATE INDEX notice_account ON notice (account_id, id) WHERE account_id IS NOT NULL;
CREATE INDEX notice_org ON notice (org_id, id) WHERE org_id IS NOT NULL;

CREATE TABLE notice_delivery (
    notice_id  bigint      NOT NULL REFERENCES notice ON DELETE CASCADE,
    channel    text        NOT NULL CHECK (channel IN ('email', 'webhook', 'sms')),
    address    text        NOT NULL,
    next_try   timestamptz,                           -- null: sent or given up; quiet hours move it
    tries      int         NOT NULL DEFAULT 0,
    sent_at    timestamptz,
    dead_at    timestamptz,
    error      text,
    PRIMARY KEY (notice_id, channel)
);
CREATE INDEX notice_delivery_next ON notice_delivery (next_try) WHERE next_try IS NOT NULL;

-- Who fills a role of a unit; the lowest rank that is not away is addressed.
CREATE TABLE task_role (
    org_id     int         NOT NULL REFERENCES org,
    role       text        NOT NULL CHECK (role IN ('focal', 'head', 'vice_chairman', 'chairman', 'office')),
    rank       smallint    NOT NULL,
    account_id int         NOT NULL REFERENCES account,
    away_until timestamptz,
    PRIMARY KEY (org_id, role, rank)
);

CREATE TABLE task_preference (
    account_id  int     PRIMARY KEY REFERENCES account,
    version     int     NOT NULL DEFAULT 1,
    email       text,
    phone       text,
    webhook     text,
    channels    text[]  NOT NULL DEFAULT '{}',
    quiet_start time,                                 -- null: the policy's
    quiet_end   time,
    digest      boolean NOT NULL DEFAULT false
);

-- One row: which calendar the clocks were last computed with.
CREATE TABLE task_calendar (
    one         boolean PRIMARY KEY DEFAULT true CHECK (one),
    fingerprint text    NOT NULL
);

-- The history of one thing is read from the chain by its subject.
CREATE INDEX chain_subject ON chain (log, subject, no);
