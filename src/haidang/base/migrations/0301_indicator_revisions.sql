-- Half a million values of a period are revised by one statement: what was known before is kept by statement, not row by
-- row (66 s of a busy machine for 504,000 values before). What must not be is refused by the condition alone.

DROP TRIGGER indicator_value_revise ON indicator_value;
DROP FUNCTION indicator_value_revise();

CREATE FUNCTION indicator_value_unfit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a changed value is a new revision of a new batch, and a locked one a correction; its key stays'
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER indicator_value_unfit BEFORE UPDATE ON indicator_value FOR EACH ROW WHEN (
    (NEW.indicator_id, NEW.place_id, NEW.start) IS DISTINCT FROM (OLD.indicator_id, OLD.place_id, OLD.start)
    OR ((NEW.value, NEW.missing, NEW.source, NEW.method, NEW.batch, NEW.revision)
            IS DISTINCT FROM (OLD.value, OLD.missing, OLD.source, OLD.method, OLD.batch, OLD.revision)
        AND (NEW.revision <> OLD.revision + 1 OR NEW.batch = OLD.batch OR (OLD.state = 3 AND NEW.flags & 4 = 0)))
) EXECUTE FUNCTION indicator_value_unfit();

CREATE FUNCTION indicator_value_revised() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO indicator_revision (batch, judged, superseded, indicator_id, place_id, start, source, missing, flags,
                                    method, revision, state, value)
    SELECT o.batch, o.judged, n.batch, o.indicator_id, o.place_id, o.start, o.source, o.missing, o.flags, o.method,
           o.revision, o.state, o.value
    FROM before_it o JOIN after_it n USING (indicator_id, place_id, start) WHERE n.batch <> o.batch;
    RETURN NULL;
END $$;
CREATE TRIGGER indicator_value_revised AFTER UPDATE ON indicator_value
    REFERENCING OLD TABLE AS before_it NEW TABLE AS after_it FOR EACH STATEMENT EXECUTE FUNCTION indicator_value_revised();
-- Whoever writes to one partition past its parent leaves what was known before all the same.
DO $$
DECLARE part regclass;
BEGIN
    FOR part IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'indicator_value'::regclass LOOP
        EXECUTE format('CREATE TRIGGER indicator_value_revised AFTER UPDATE ON %s REFERENCING OLD TABLE AS before_it '
                       'NEW TABLE AS after_it FOR EACH STATEMENT EXECUTE FUNCTION indicator_value_revised()', part);
    END LOOP;
END $$;
