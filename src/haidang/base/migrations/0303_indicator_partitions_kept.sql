-- TRUNCATE of one partition fires no trigger of its parent: a year of values is kept as the whole is.
DO $$
DECLARE part regclass;
BEGIN
    FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'indicator_value'::regclass LOOP
        EXECUTE format('CREATE TRIGGER indicator_value_no_truncate BEFORE TRUNCATE ON %s '
                       'EXECUTE FUNCTION indicator_refuse()', part);
    END LOOP;
END $$;
