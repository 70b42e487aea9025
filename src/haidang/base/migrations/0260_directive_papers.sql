-- Counts and papers of directives (docs/decisions/0103-directive-reports.md).

-- What a count reads of a task, in one place: counting does not visit the rows, and a unit's tasks lie together.
CREATE INDEX task_counted ON task (owner_org, given_at) INCLUDE (
    id, state, due_end, due_original, review_at, reported_at, accepted_at, changed_at, reports, returns, extensions,
    due_precision, area_code, sector
) WHERE parent_id IS NULL AND NOT is_exercise AND given_at IS NOT NULL;

-- Reports that were issued: their figures as they were at the cut-off, so that they can be produced again.
CREATE TABLE directive_report (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text        NOT NULL CHECK (kind IN ('weekly', 'monthly')),
    period_from date        NOT NULL,
    period_to   date        NOT NULL,
    issuer_org  int         NOT NULL REFERENCES org,
    unit_org    int         REFERENCES org,           -- only of this unit and those under it
    number      text        NOT NULL,                 -- in the register: "12/BC-VP"
    cut_off     timestamptz NOT NULL,
    figures     text        NOT NULL,                 -- JSON, byte by byte as its hash was taken
    sha256      text        NOT NULL,
    made_by     text        NOT NULL,
    CHECK (period_from <= period_to),
    CHECK (sha256 = encode(sha256(convert_to(figures, 'UTF8')), 'hex'))
);
CREATE INDEX directive_report_issuer ON directive_report (issuer_org, id);
CREATE TRIGGER directive_report_keep BEFORE UPDATE OR DELETE ON directive_report
    FOR EACH ROW EXECUTE FUNCTION directive_refuse();
CREATE TRIGGER directive_report_no_truncate BEFORE TRUNCATE ON directive_report EXECUTE FUNCTION directive_refuse();

-- Reminder letters (công văn đôn đốc), counted for each unit and year.
CREATE TABLE directive_letter (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    issuer_org int         NOT NULL REFERENCES org,
    org_id     int         NOT NULL REFERENCES org,   -- whom it reminds
    year       smallint    NOT NULL,
    turn       int         NOT NULL CHECK (turn > 0), -- the how manieth to this unit in this year
    number     text        NOT NULL,                  -- in the register: "45/VP-TH"
    made_at    timestamptz NOT NULL,
    made_by    text        NOT NULL,
    figures    text        NOT NULL,                  -- JSON: what it says
    sha256     text        NOT NULL,
    UNIQUE (issuer_org, org_id, year, turn),
    CHECK (sha256 = encode(sha256(convert_to(figures, 'UTF8')), 'hex'))
);
CREATE INDEX directive_letter_org ON directive_letter (org_id, id);
CREATE TRIGGER directive_letter_keep BEFORE UPDATE OR DELETE ON directive_letter
    FOR EACH ROW EXECUTE FUNCTION directive_refuse();
CREATE TRIGGER directive_letter_no_truncate BEFORE TRUNCATE ON directive_letter EXECUTE FUNCTION directive_refuse();

-- The tasks that a letter reminds of, with the step of the ladder that called for it.
CREATE TABLE directive_letter_task (
    letter_id   bigint NOT NULL REFERENCES directive_letter,
    task_id     bigint NOT NULL REFERENCES task,
    due_version int    NOT NULL,                      -- of the task, when it was written
    step        text   NOT NULL,                      -- '': chosen by hand before its step had come
    PRIMARY KEY (letter_id, task_id)
);
CREATE INDEX directive_letter_task_task ON directive_letter_task (task_id);
CREATE TRIGGER directive_letter_task_keep BEFORE UPDATE OR DELETE ON directive_letter_task
    FOR EACH ROW EXECUTE FUNCTION directive_refuse();
CREATE TRIGGER directive_letter_task_no_truncate BEFORE TRUNCATE ON directive_letter_task
    EXECUTE FUNCTION directive_refuse();
