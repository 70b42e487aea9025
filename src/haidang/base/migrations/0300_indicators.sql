-- Indicators: the register, who owes which figure by when, values on two clocks (docs/decisions/0120-indicators.md).

CREATE FUNCTION indicator_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was known of indicators is kept: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

-- What a unit hands in at once: one period, one due rule, one workbook.
CREATE TABLE indicator_form (
    code          text        PRIMARY KEY CHECK (code ~ '^[a-z][a-z0-9-]{1,59}$'),
    version       int         NOT NULL DEFAULT 1,
    vi            text        NOT NULL,
    en            text        NOT NULL,
    period_kind   text        NOT NULL
                  CHECK (period_kind IN ('day', 'week', 'month', 'quarter', 'half', 'year', 'five_years')),
    due           jsonb       NOT NULL,               -- model/due.py
    sector        text,
    collector_org int         REFERENCES org,         -- who gives the task and watches it; null: the root
    pack          text,                               -- the sector pack that declares it
    opened_through date,                              -- start of the last period whose submissions were made
    active        boolean     NOT NULL DEFAULT true,
    created_by    text        NOT NULL,
    created_at    timestamptz NOT NULL,
    changed_at    timestamptz NOT NULL,
    UNIQUE (code, period_kind)
);

CREATE TABLE indicator (
    id            int         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version       int         NOT NULL DEFAULT 1,
    code          text        NOT NULL UNIQUE CHECK (code ~ '^[A-Z][A-Z0-9-]{1,39}$'),
    vi            text        NOT NULL,
    en            text        NOT NULL,
    definition_vi text        NOT NULL DEFAULT '',
    definition_en text        NOT NULL DEFAULT '',
    unit          text        NOT NULL,               -- as it is written beside the number: "%", "người", "triệu đồng"
    decimals      smallint    NOT NULL DEFAULT 0 CHECK (decimals BETWEEN 0 AND 6),
    low           numeric,                            -- what a value may be
    high          numeric,
    direction     text        NOT NULL CHECK (direction IN ('up', 'down', 'band', 'none')),
    thresholds    jsonb       NOT NULL DEFAULT '{}',  -- model/register.py
    sector        text,
    owner_org     int         REFERENCES org,         -- who answers for its method; null: the register's keeper
    level         text        NOT NULL CHECK (level IN ('province', 'commune', 'unit')),
    period_kind   text        NOT NULL
                  CHECK (period_kind IN ('day', 'week', 'month', 'quarter', 'half', 'year', 'five_years')),
    form_code     text,
    source_kind   text        NOT NULL CHECK (source_kind IN ('computed', 'internal', 'pulled', 'submitted', 'typed')),
    aggregate     text        NOT NULL CHECK (aggregate IN ('sum', 'mean', 'none')),  -- over the parts of an area
    legal_basis   text        NOT NULL DEFAULT '',
    legal_verify  boolean     NOT NULL DEFAULT false, -- not yet checked against the official text
    shared        boolean     NOT NULL DEFAULT false, -- whoever reads any indicator reads all its values
    pack          text,
    edited        boolean     NOT NULL DEFAULT false, -- a person has changed what the pack declares
    retired_on    date,
    fold          text        NOT NULL,               -- code and names, as they are searched
    created_by    text        NOT NULL,
    created_at    timestamptz NOT NULL,
    changed_at    timestamptz NOT NULL,
    FOREIGN KEY (form_code, period_kind) REFERENCES indicator_form (code, period_kind),
    CHECK (form_code IS NULL OR source_kind IN ('submitted', 'typed')),
    CHECK (low IS NULL OR high IS NULL OR low <= high)
);
CREATE INDEX indicator_form_of ON indicator (form_code) WHERE form_code IS NOT NULL;

CREATE FUNCTION indicator_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.code <> OLD.code OR NEW.period_kind <> OLD.period_kind OR NEW.level <> OLD.level
            OR NEW.unit <> OLD.unit OR NEW.created_at <> OLD.created_at OR NEW.created_by <> OLD.created_by THEN
        RAISE EXCEPTION 'code, unit, period and level of an indicator stay' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER indicator_keep BEFORE UPDATE ON indicator FOR EACH ROW EXECUTE FUNCTION indicator_keep();
CREATE TRIGGER indicator_no_delete BEFORE DELETE ON indicator FOR EACH ROW EXECUTE FUNCTION indicator_refuse();

CREATE TABLE indicator_method (
    indicator_id int         NOT NULL REFERENCES indicator,
    version      int         NOT NULL CHECK (version > 0),
    valid_from   date        NOT NULL,                -- periods that begin from here on
    valid_to     date,                                -- and before here
    vi           text        NOT NULL,
    en           text        NOT NULL,
    formula      text,                                -- computed ones; the language is the formulas' own
    legal_basis  text        NOT NULL DEFAULT '',
    created_by   text        NOT NULL,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (indicator_id, version),
    CHECK (valid_to IS NULL OR valid_to > valid_from)
);
CREATE FUNCTION indicator_method_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(NEW) - 'valid_to') <> (to_jsonb(OLD) - 'valid_to') THEN
        RAISE EXCEPTION 'a method is kept as it was; a new version follows it' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER indicator_method_keep BEFORE UPDATE ON indicator_method
    FOR EACH ROW EXECUTE FUNCTION indicator_method_keep();
CREATE TRIGGER indicator_method_no_delete BEFORE DELETE ON indicator_method
    FOR EACH ROW EXECUTE FUNCTION indicator_refuse();

-- What a value is about. An area's code means it only from a day on.
CREATE TABLE indicator_place (
    id        int  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind      text NOT NULL CHECK (kind IN ('area', 'unit')),
    org_id    int  NOT NULL REFERENCES org,           -- the unit itself, or whoever governs the area
    area_code text,
    area_from date,
    name      text NOT NULL,
    CHECK ((kind = 'area') = (area_code IS NOT NULL)),
    CHECK ((area_code IS NULL) = (area_from IS NULL))
);
CREATE UNIQUE INDEX indicator_place_unit ON indicator_place (org_id) WHERE kind = 'unit';
CREATE UNIQUE INDEX indicator_place_area ON indicator_place (area_code, area_from) WHERE kind = 'area';

CREATE TABLE indicator_duty (
    indicator_id int  NOT NULL REFERENCES indicator,
    place_id     int  NOT NULL REFERENCES indicator_place,
    org_id       int  NOT NULL REFERENCES org,        -- who owes the figure
    valid_from   date NOT NULL,                       -- periods that begin from here on
    valid_to     date,
    simulated    boolean NOT NULL DEFAULT false,
    PRIMARY KEY (indicator_id, place_id, valid_from),
    CHECK (valid_to IS NULL OR valid_to > valid_from)
);
CREATE INDEX indicator_duty_org ON indicator_duty (org_id, indicator_id);
-- One unit owes a figure at a time.
CREATE UNIQUE INDEX indicator_duty_open ON indicator_duty (indicator_id, place_id) WHERE valid_to IS NULL;

CREATE TABLE indicator_target (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    indicator_id int         NOT NULL REFERENCES indicator,
    place_id     int         NOT NULL REFERENCES indicator_place,
    start        date        NOT NULL,                -- of the period by whose end the value is to be reached
    value        numeric     NOT NULL,
    is_goal      boolean     NOT NULL,                -- the target itself; else a point on the way to it
    decision     text        NOT NULL DEFAULT '',
    set_by       text        NOT NULL,
    set_at       timestamptz NOT NULL,
    superseded_at timestamptz
);
CREATE UNIQUE INDEX indicator_target_now ON indicator_target (indicator_id, place_id, start)
    WHERE superseded_at IS NULL;
CREATE TRIGGER indicator_target_no_delete BEFORE DELETE ON indicator_target
    FOR EACH ROW EXECUTE FUNCTION indicator_refuse();

-- An act on many values: who, when, from where, why. Values name it, so that it is said once.
CREATE TABLE indicator_batch (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL,
    author      text        NOT NULL,
    act         text        NOT NULL CHECK (act IN ('record', 'submit', 'return', 'approve', 'lock', 'unlock', 'correct')),
    source_kind text        NOT NULL CHECK (source_kind IN ('computed', 'internal', 'pulled', 'submitted', 'typed')),
    source_ref  text        NOT NULL DEFAULT '',      -- feed and run, form, formula, file
    reason      text        NOT NULL DEFAULT '',
    document    text        NOT NULL DEFAULT '',
    file_sha256 text,
    org_id      int         REFERENCES org,
    simulated   boolean     NOT NULL DEFAULT false
);
CREATE TRIGGER indicator_batch_keep BEFORE UPDATE OR DELETE ON indicator_batch
    FOR EACH ROW EXECUTE FUNCTION indicator_refuse();

-- What is known now. Fixed columns first, widest first, then small ones, then the number: 80 bytes with its header.
CREATE TABLE indicator_value (
    batch        bigint   NOT NULL,                   -- that recorded it
    judged       bigint   NOT NULL,                   -- that gave it its state
    indicator_id int      NOT NULL,
    place_id     int      NOT NULL,
    start        date     NOT NULL,
    source       smallint NOT NULL,                   -- 1 computed 2 internal 3 pulled 4 submitted 5 typed
    missing      smallint NOT NULL,                   -- 0: there is a value; else why there is none
    flags        smallint NOT NULL,
    method       smallint NOT NULL,
    revision     smallint NOT NULL,
    state        smallint NOT NULL,                   -- 0 draft 1 submitted 2 approved 3 locked
    value        numeric,
    PRIMARY KEY (indicator_id, place_id, start),
    CHECK ((value IS NULL) = (missing > 0))
) PARTITION BY RANGE (start);

DO $$
BEGIN
    FOR y IN 2010..2045 LOOP
        EXECUTE format('CREATE TABLE indicator_value_%s PARTITION OF indicator_value FOR VALUES FROM (%L) TO (%L)',
                       y, make_date(y, 1, 1), make_date(y + 1, 1, 1));
    END LOOP;
    EXECUTE 'CREATE TABLE indicator_value_other PARTITION OF indicator_value DEFAULT';
END $$;

-- What was known before, until the batch that superseded it.
CREATE TABLE indicator_revision (
    batch        bigint   NOT NULL,
    judged       bigint   NOT NULL,
    superseded   bigint   NOT NULL,
    indicator_id int      NOT NULL,
    place_id     int      NOT NULL,
    start        date     NOT NULL,
    source       smallint NOT NULL,
    missing      smallint NOT NULL,
    flags        smallint NOT NULL,
    method       smallint NOT NULL,
    revision     smallint NOT NULL,
    state        smallint NOT NULL,
    value        numeric,
    PRIMARY KEY (indicator_id, place_id, start, revision)
);
CREATE TRIGGER indicator_revision_keep BEFORE UPDATE OR DELETE ON indicator_revision
    FOR EACH ROW EXECUTE FUNCTION indicator_refuse();

-- Whoever changes a value, by whatever way, leaves what was known before; a locked one changes only as a correction (4).
CREATE FUNCTION indicator_value_revise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.value, NEW.missing, NEW.source, NEW.method, NEW.batch, NEW.revision)
            IS NOT DISTINCT FROM (OLD.value, OLD.missing, OLD.source, OLD.method, OLD.batch, OLD.revision) THEN
        RETURN NEW;  -- only its state or a flag
    END IF;
    IF NEW.revision <> OLD.revision + 1 OR NEW.batch = OLD.batch THEN
        RAISE EXCEPTION 'a changed value is a new revision of a new batch' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.state = 3 AND NEW.flags & 4 = 0 THEN
        RAISE EXCEPTION 'a locked value changes only by a correction' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO indicator_revision (batch, judged, superseded, indicator_id, place_id, start, source, missing, flags,
                                    method, revision, state, value)
    VALUES (OLD.batch, OLD.judged, NEW.batch, OLD.indicator_id, OLD.place_id, OLD.start, OLD.source, OLD.missing,
            OLD.flags, OLD.method, OLD.revision, OLD.state, OLD.value);
    RETURN NEW;
END $$;
CREATE TRIGGER indicator_value_revise BEFORE UPDATE ON indicator_value
    FOR EACH ROW EXECUTE FUNCTION indicator_value_revise();
CREATE TRIGGER indicator_value_no_delete BEFORE DELETE ON indicator_value
    FOR EACH ROW EXECUTE FUNCTION indicator_refuse();

-- When anything was last heard of an indicator, for what is asleep.
CREATE TABLE indicator_life (
    indicator_id int         PRIMARY KEY REFERENCES indicator,
    last_start   date        NOT NULL,
    last_at      timestamptz NOT NULL
);

CREATE TABLE indicator_submission (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version      int         NOT NULL DEFAULT 1,
    form_code    text        NOT NULL REFERENCES indicator_form,
    org_id       int         NOT NULL REFERENCES org,
    start        date        NOT NULL,
    due_at       timestamptz NOT NULL,                -- the first instant that is too late
    state        text        NOT NULL CHECK (state IN ('open', 'submitted', 'returned', 'approved', 'locked')),
    submitted_at timestamptz,                         -- the first time; what lateness is measured by
    submitted_by text,
    approved_at  timestamptz,
    approved_by  text,
    locked_at    timestamptz,
    locked_by    text,
    reason       text        NOT NULL DEFAULT '',     -- why it was returned or unlocked
    task_id      bigint      REFERENCES task,
    looked_at    timestamptz,                         -- when the due had passed and what follows was counted
    expected     int         CHECK (expected >= 0),   -- figures owed as the due passed
    lacking      int[],                               -- indicators that were not there then
    simulated    boolean     NOT NULL DEFAULT false,
    UNIQUE (form_code, org_id, start)
);
CREATE INDEX indicator_submission_due ON indicator_submission (due_at) WHERE looked_at IS NULL;
CREATE INDEX indicator_submission_org ON indicator_submission (org_id, due_at DESC, id);
CREATE INDEX indicator_submission_untold ON indicator_submission (id) WHERE task_id IS NULL AND looked_at IS NULL;
CREATE TRIGGER indicator_submission_no_delete BEFORE DELETE ON indicator_submission
    FOR EACH ROW EXECUTE FUNCTION indicator_refuse();

-- The counted register (sổ đếm nhắc nhở): one entry for each form that was late, by unit and year.
CREATE TABLE indicator_late (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version       int         NOT NULL DEFAULT 1,
    submission_id bigint      NOT NULL UNIQUE REFERENCES indicator_submission,
    org_id        int         NOT NULL REFERENCES org,
    year          int         NOT NULL,
    at            timestamptz NOT NULL,
    waived_at     timestamptz,
    waived_by     text,
    waived_why    text        NOT NULL DEFAULT '',
    CHECK ((waived_at IS NULL) = (waived_why = ''))
);
CREATE INDEX indicator_late_org ON indicator_late (org_id, year);
CREATE TRIGGER indicator_late_no_delete BEFORE DELETE ON indicator_late
    FOR EACH ROW EXECUTE FUNCTION indicator_refuse();

-- A unit has come to a mark of the register: its head is reviewed, or more.
CREATE TABLE indicator_review (
    org_id     int         NOT NULL REFERENCES org,
    year       int         NOT NULL,
    mark       int         NOT NULL,
    reached_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, year, mark)
);

-- Which boards are looked at, by which units. Never by whom.
CREATE TABLE board_view (
    day    date NOT NULL,
    org_id int  NOT NULL REFERENCES org,
    board  text NOT NULL CHECK (board ~ '^[a-z][a-z0-9/_-]{0,79}$'),
    views  int  NOT NULL CHECK (views > 0),
    PRIMARY KEY (day, org_id, board)
);

-- TRUNCATE fires no trigger of rows.
DO $$
DECLARE kept text;
BEGIN
    FOREACH kept IN ARRAY ARRAY['indicator', 'indicator_method', 'indicator_target', 'indicator_batch', 'indicator_value',
                                'indicator_revision', 'indicator_submission', 'indicator_late'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I EXECUTE FUNCTION indicator_refuse()',
                       kept || '_no_truncate', kept);
    END LOOP;
END $$;
