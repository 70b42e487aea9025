-- Reports of programmes and of projects as they were issued (docs/decisions/0117-programme-papers.md).

CREATE TABLE programme_report (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text        NOT NULL CHECK (kind IN ('monthly', 'supervision', 'overview')),
    program_id  int         NOT NULL REFERENCES program,
    project_id  int         REFERENCES project,       -- of an owner's report
    period      text        NOT NULL,                 -- "2026-03", "2026-Q1", "2026-H1", "2026"
    plan_year   smallint    NOT NULL,
    issuer_org  int         NOT NULL REFERENCES org,
    number      text        NOT NULL,                 -- in the register: "12/BC-STC"
    cut_off     timestamptz NOT NULL,
    figures     text        NOT NULL,                 -- JSON, byte by byte as its hash was taken
    sha256      text        NOT NULL,
    made_by     text        NOT NULL,
    CHECK ((kind = 'supervision') = (project_id IS NOT NULL)),
    CHECK (sha256 = encode(sha256(convert_to(figures, 'UTF8')), 'hex'))
);
CREATE INDEX programme_report_program ON programme_report (program_id, id);
CREATE INDEX programme_report_project ON programme_report (project_id, period) WHERE project_id IS NOT NULL;
CREATE TRIGGER programme_report_keep BEFORE UPDATE OR DELETE ON programme_report
    FOR EACH ROW EXECUTE FUNCTION programme_refuse();
CREATE TRIGGER programme_report_no_truncate BEFORE TRUNCATE ON programme_report EXECUTE FUNCTION programme_refuse();
