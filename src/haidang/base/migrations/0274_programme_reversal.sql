-- A recovery that is reversed lets money out again, so it is held against the plan as a payment is.
CREATE OR REPLACE FUNCTION payment_within_plan() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    out_dong numeric; may_dong numeric; left_dong numeric;
BEGIN
    IF NEW.state NOT IN ('confirmed', 'reversed') THEN
        RETURN NULL;
    END IF;
    -- Confirmations of one project take turns, so that two of them cannot both fit into what is left for one.
    PERFORM pg_advisory_xact_lock(7204110272000 + (NEW.project_id & 511));
    IF NEW.exception = '' AND (NEW.state = 'confirmed') = (NEW.kind <> 'recovery') THEN
        out_dong := disbursed(NEW.project_id, NEW.fund_source_id, NEW.plan_year, NEW.carry_over);
        may_dong := disbursable(NEW.project_id, NEW.fund_source_id, NEW.plan_year, NEW.carry_over, NEW.paid_on);
        IF out_dong > may_dong THEN
            RAISE EXCEPTION 'disbursed would be % đồng of %', out_dong, may_dong
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_within_plan';
        END IF;
    END IF;
    IF NEW.contract_id IS NOT NULL AND NEW.kind IN ('advance', 'recovery') THEN
        SELECT coalesce(sum(CASE p.kind WHEN 'advance' THEN p.confirmed_dong ELSE -p.confirmed_dong END), 0) INTO left_dong
            FROM payment p WHERE p.contract_id = NEW.contract_id AND p.kind IN ('advance', 'recovery') AND p.state = 'confirmed';
        IF left_dong < 0 THEN
            RAISE EXCEPTION 'the outstanding advance would be % đồng', left_dong
                USING ERRCODE = 'check_violation', CONSTRAINT = 'advance_outstanding';
        END IF;
    END IF;
    RETURN NULL;
END $$;
