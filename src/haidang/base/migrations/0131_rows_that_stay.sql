-- Rows of the log that temporal answers look for by what they tell, not by their time: that something was deleted or
-- corrected, the scope, the mark of a temporal write. They are rare and are not packed (decision 0060).
CREATE FUNCTION stays_in_log(j jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT j IS NOT NULL AND (
        j ?| '{scope,@t}' OR j @? '$.* ? (@ == null)' OR j @? '$.*.m[*].v ? (@ == null)' OR j @? '$.*.w' OR j @? '$.*.m[*].w')
$$;
