-- A year's promises and accepted volume are read for every figure of it; the rest of ten years is not.
CREATE INDEX commitment_year ON commitment (plan_year) INCLUDE (project_id, period, amount_dong) WHERE superseded_at IS NULL;
CREATE INDEX acceptance_day ON acceptance (accepted_on) INCLUDE (project_id, volume_dong) WHERE withdrawn = '';
