-- TRUNCATE fires no trigger of rows: a table whose rows may not be deleted may not be emptied at once either.

DO $$
DECLARE kept record;
BEGIN
    FOR kept IN
        SELECT c.relname AS name, min(p.proname) AS refuse
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE NOT t.tgisinternal AND t.tgtype & 11 = 11  -- BEFORE DELETE, for each row
          AND p.proname IN ('programme_refuse', 'programme_import_keep', 'directive_refuse', 'paper_keep')
          AND NOT EXISTS (SELECT FROM pg_trigger o WHERE o.tgrelid = c.oid AND o.tgtype & 32 = 32)
        GROUP BY c.relname
    LOOP
        EXECUTE format(
            'CREATE TRIGGER %I BEFORE TRUNCATE ON %I EXECUTE FUNCTION %I()',
            kept.name || '_no_truncate', kept.name, kept.refuse
        );
    END LOOP;
END $$;
