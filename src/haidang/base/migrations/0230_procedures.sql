-- Procedures: what is done about an incident, step by step (docs/decisions/0094-procedures.md).

CREATE TABLE procedure_run (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident_id bigint      NOT NULL REFERENCES incident,
    procedure   text        NOT NULL,
    edition     int         NOT NULL,                 -- the procedure's version
    text        jsonb       NOT NULL,                 -- the whole procedure: it holds whatever becomes of the file
    sha256      text        NOT NULL,                 -- of the text
    state       text        NOT NULL CHECK (state IN ('running', 'finished', 'stopped')),
    version     int         NOT NULL DEFAULT 1,       -- of this row, and so of every step's
    started_at  timestamptz NOT NULL,
    started_by  text        NOT NULL,
    ended_at    timestamptz,
    ended_by    text,
    reason      text        NOT NULL DEFAULT '',      -- why it was stopped
    CHECK ((state = 'running') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX procedure_run_one ON procedure_run (incident_id) WHERE state = 'running';
CREATE INDEX procedure_run_incident ON procedure_run (incident_id, id);

CREATE FUNCTION procedure_run_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.text, NEW.sha256, NEW.procedure, NEW.edition, NEW.incident_id)
            IS DISTINCT FROM (OLD.text, OLD.sha256, OLD.procedure, OLD.edition, OLD.incident_id) THEN
        RAISE EXCEPTION 'a running procedure keeps its text' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER procedure_run_keep BEFORE UPDATE ON procedure_run
    FOR EACH ROW EXECUTE FUNCTION procedure_run_keep();

CREATE TABLE procedure_step (
    run_id      bigint      NOT NULL REFERENCES procedure_run,
    step        text        NOT NULL,
    place       smallint    NOT NULL,                 -- as the file lists them
    version     int         NOT NULL DEFAULT 1,
    state       text        NOT NULL CHECK (state IN ('waiting', 'unneeded', 'asked', 'open', 'approving', 'done',
                                'skipped')),
    task_id     bigint      UNIQUE REFERENCES task,   -- none: automatic, or not open yet
    answer      boolean,                              -- an operator's word where the condition was not known
    opened_at   timestamptz,
    settled_at  timestamptz,                          -- done or skipped
    settled_by  text,
    approved_by text,
    approved_at timestamptz,
    reason      text        NOT NULL DEFAULT '',      -- of a skip, of an answer
    PRIMARY KEY (run_id, step),
    CHECK ((state IN ('done', 'skipped')) = (settled_at IS NOT NULL)),
    CHECK (state NOT IN ('open', 'approving') OR opened_at IS NOT NULL)
);

-- Each rung of a late step falls once for each version of its task's due.
CREATE TABLE procedure_late (
    run_id      bigint      NOT NULL,
    step        text        NOT NULL,
    due_version int         NOT NULL,
    rung        smallint    NOT NULL,                 -- 0: it is late; 1, 2, …: told further
    due_at      timestamptz NOT NULL,
    made_at     timestamptz NOT NULL,
    told        text        NOT NULL DEFAULT '',      -- the role
    PRIMARY KEY (run_id, step, due_version, rung),
    FOREIGN KEY (run_id, step) REFERENCES procedure_step
);

-- What a step does by itself: one row for each action, and for each time an operator has it repeated.
CREATE TABLE procedure_action (
    id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id    bigint      NOT NULL,
    step      text        NOT NULL,
    place     smallint    NOT NULL,                   -- as the step lists them
    no        smallint    NOT NULL,                   -- 1, and higher where it was repeated
    kind      text        NOT NULL CHECK (kind IN ('cap_draft', 'notify_unit', 'actuate', 'open_subtask')),
    target    text        NOT NULL DEFAULT '',        -- actuate: the entity
    state     text        NOT NULL CHECK (state IN ('waiting', 'under_way', 'done', 'failed', 'unknown', 'withheld')),
    actor     text        NOT NULL,                   -- on whose behalf
    made_at   timestamptz NOT NULL,
    begun_at  timestamptz,                            -- committed before a command leaves
    ended_at  timestamptz,
    ref       text        NOT NULL DEFAULT '',        -- 'warning:12', 'task:40'
    vi        text        NOT NULL DEFAULT '',        -- what came of it
    en        text        NOT NULL DEFAULT '',
    UNIQUE (run_id, step, place, target, no),
    FOREIGN KEY (run_id, step) REFERENCES procedure_step,
    CHECK ((state IN ('waiting', 'under_way')) = (ended_at IS NULL)),
    CHECK (state <> 'under_way' OR begun_at IS NOT NULL)
);
CREATE INDEX procedure_action_waiting ON procedure_action (id) WHERE state IN ('waiting', 'under_way');

-- Which unit, and who in it, fills a role: in an area (and those within it), or everywhere.
CREATE TABLE procedure_role (
    role       text NOT NULL,
    area_code  text,
    org_id     int  NOT NULL REFERENCES org,
    account_id int  REFERENCES account,
    UNIQUE NULLS NOT DISTINCT (role, area_code)
);
