-- A plan is not lowered below what has left the Treasury of it; until now only the nightly check said so. Asked at the
-- commit, when a decision that moves money between lines is whole. What stood beyond the plan by a stated exception may.
CREATE FUNCTION capital_plan_paid() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    carried boolean := NEW.plan_kind = 'carry_over';
    paid record; may_dong numeric;
BEGIN
    IF NEW.project_id IS NULL OR NEW.plan_kind NOT IN ('annual', 'allocation', 'carry_over') THEN
        RETURN NULL;
    END IF;
    -- The same turn as a confirmation takes: neither of them sees the other half done.
    PERFORM pg_advisory_xact_lock(7204110272000 + (NEW.project_id & 511));
    SELECT max(p.paid_on) AS last_on, bool_or(p.exception <> '') AS excused,
           sum(CASE p.kind WHEN 'recovery' THEN -p.confirmed_dong ELSE p.confirmed_dong END) AS dong INTO paid
    FROM payment p WHERE p.project_id = NEW.project_id AND p.fund_source_id = NEW.fund_source_id
      AND p.plan_year = NEW.plan_year AND p.carry_over = carried AND p.state = 'confirmed';
    IF paid.last_on IS NULL OR paid.excused THEN
        RETURN NULL;
    END IF;
    SELECT min(disbursable(NEW.project_id, NEW.fund_source_id, NEW.plan_year, carried, d.day)) INTO may_dong
    FROM (VALUES (paid.last_on), (date '9999-12-31')) AS d (day);
    IF paid.dong > may_dong THEN
        RAISE EXCEPTION 'disbursed are % đồng, the plan would be %', paid.dong, may_dong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'capital_plan_paid';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER capital_plan_paid AFTER INSERT ON capital_plan
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION capital_plan_paid();

-- Advances that are outstanding, by contract: few among many payments.
CREATE INDEX payment_advances ON payment (project_id) WHERE state = 'confirmed' AND kind IN ('advance', 'recovery');
