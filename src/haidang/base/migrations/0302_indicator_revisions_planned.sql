-- A plan kept from a statement that changed nothing joins by nested loops: twenty thousand values then took minutes.
-- Planned anew each time, the join knows how many there are.
CREATE OR REPLACE FUNCTION indicator_value_revised() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'INSERT INTO indicator_revision (batch, judged, superseded, indicator_id, place_id, start, source, missing, '
            'flags, method, revision, state, value) '
            'SELECT o.batch, o.judged, n.batch, o.indicator_id, o.place_id, o.start, o.source, o.missing, o.flags, '
            'o.method, o.revision, o.state, o.value '
            'FROM before_it o JOIN after_it n USING (indicator_id, place_id, start) WHERE n.batch <> o.batch';
    RETURN NULL;
END $$;
