-- Corrections of history (docs/decisions/0060-temporal-writes.md).

-- Whose history a deleted entity's is; deletions are rare, so this index costs telemetry nothing.
CREATE INDEX change_ended ON change ((j->'@e'->>'id')) WHERE kind = 4;

-- What is left of a stored attribute (haidang.city.represent) without its instance of a datasetId ('' is the default
-- one); NULL where nothing is left. A JSON null tells of the default instance's deletion, {"v": null} of another's.
CREATE FUNCTION attr_without(a jsonb, dataset text) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN jsonb_typeof(a) = 'object' AND a ? 'm' THEN (
            SELECT CASE count(*)
                WHEN 0 THEN NULL
                WHEN 1 THEN jsonb_agg(m)->0
                ELSE jsonb_build_object('m', jsonb_agg(m))
            END
            FROM jsonb_array_elements(a->'m') AS m
            WHERE coalesce(nullif(m->>'d', '@none'), '') <> dataset
        )
        WHEN (CASE WHEN jsonb_typeof(a) = 'object' THEN coalesce(a->>'d', '') ELSE '' END) = dataset THEN NULL
        ELSE a
    END
$$;
