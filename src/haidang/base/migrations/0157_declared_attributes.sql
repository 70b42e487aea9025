-- Attributes that packs declare as asked for by value (city.declared): their values beside the entities, so that
-- no index on a document makes every observation of the province rewrite all others.
CREATE TABLE declared (
    type_id int     NOT NULL,
    attr_id int     NOT NULL,
    retired boolean NOT NULL DEFAULT false,   -- no pack declares it any more; kept until the next start
    PRIMARY KEY (type_id, attr_id)
);

-- The plain value of a declared attribute: a number in v or a text in t. Neither: anything else (several
-- instances, objects, what no index holds), which every question has to look at.
CREATE TABLE entity_value (
    eid     int NOT NULL,
    attr_id int NOT NULL,
    v       float8,
    t       text,
    odd     boolean GENERATED ALWAYS AS (v IS NULL AND t IS NULL) STORED,  -- so that its share is known exactly
    PRIMARY KEY (eid, attr_id)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX entity_value_number ON entity_value (attr_id, v, eid) WHERE v IS NOT NULL;
CREATE INDEX entity_value_text ON entity_value (attr_id, t, eid) WHERE t IS NOT NULL;
CREATE INDEX entity_value_other ON entity_value (attr_id, eid) WHERE odd;

-- A numeric beyond what a double holds is "anything else".
CREATE FUNCTION plain_number(x jsonb) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN jsonb_typeof(x) = 'number' AND (x::numeric = 0 OR abs(x::numeric) BETWEEN 1e-300 AND 1e300)
           THEN x::float8 END
$$;
CREATE FUNCTION plain_text(x jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN jsonb_typeof(x) = 'string' AND length(x #>> '{}') <= 200 THEN x #>> '{}' END
$$;

CREATE FUNCTION keep_values(eids int[]) RETURNS void LANGUAGE sql AS $$
    DELETE FROM entity_value i WHERE i.eid = ANY (eids) AND NOT EXISTS (
        SELECT FROM entity e JOIN entity_static s USING (eid) JOIN declared d ON d.type_id = e.type_id
        WHERE e.eid = i.eid AND d.attr_id = i.attr_id
          AND (e.doc ? d.attr_id::text OR s.doc ? d.attr_id::text));
    INSERT INTO entity_value (eid, attr_id, v, t)
    SELECT e.eid, d.attr_id, plain_number(x.value), plain_text(x.value)
    FROM entity e JOIN entity_static s USING (eid) JOIN declared d ON d.type_id = e.type_id
    CROSS JOIN LATERAL (
        SELECT coalesce(e.doc -> d.attr_id::text, s.doc -> d.attr_id::text) AS stored
    ) a
    CROSS JOIN LATERAL (  -- a short form with a unit is [value, unit]
        SELECT CASE jsonb_typeof(a.stored) WHEN 'array' THEN a.stored -> 0 ELSE a.stored END AS value
    ) x
    WHERE e.eid = ANY (eids) AND a.stored IS NOT NULL
    ON CONFLICT (eid, attr_id) DO UPDATE SET v = excluded.v, t = excluded.t
    WHERE (entity_value.v, entity_value.t) IS DISTINCT FROM (excluded.v, excluded.t);
$$;

-- Called once for each statement; the triggers are there only while something is declared.
CREATE FUNCTION keep_values_of_entities() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE eids int[];
BEGIN
    SELECT array_agg(c.eid) INTO eids FROM changed c
    WHERE c.type_id IN (SELECT d.type_id FROM declared d);
    IF eids IS NOT NULL THEN PERFORM keep_values(eids); END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION keep_values_of_statics() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE eids int[];
BEGIN
    SELECT array_agg(e.eid) INTO eids FROM changed c JOIN entity e USING (eid)
    WHERE e.type_id IN (SELECT d.type_id FROM declared d);
    IF eids IS NOT NULL THEN PERFORM keep_values(eids); END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION forget_values() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM entity_value i USING changed c WHERE i.eid = c.eid;
    RETURN NULL;
END $$;
