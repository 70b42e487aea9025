-- A year's payments and plans are asked for by screens all day; the rest of ten years is not read for them.
CREATE INDEX payment_year ON payment (plan_year) INCLUDE (project_id) WHERE state IN ('confirmed', 'reversed');
CREATE INDEX payment_estimates ON payment (plan_year) WHERE state = 'estimate';
