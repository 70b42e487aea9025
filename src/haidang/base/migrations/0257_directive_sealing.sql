-- What turns out to be secret loses its text: the one change that the kept rows of a document allow, and only
-- together with the mark. Its row, its numbers and hashes, and who said what when stay.
CREATE OR REPLACE FUNCTION directive_document_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.owner_org = OLD.owner_org AND NEW.created_at = OLD.created_at AND NEW.created_by = OLD.created_by
            AND OLD.secrecy <> 'secret' AND NEW.secrecy = 'secret' AND OLD.state <> 'issued'
            AND NEW.text IS NULL AND NEW.text_sha256 IS NULL AND NEW.file_sha256 IS NULL THEN
        RETURN NEW;
    END IF;
    IF NEW.text IS DISTINCT FROM OLD.text OR NEW.text_sha256 IS DISTINCT FROM OLD.text_sha256
            OR NEW.file_sha256 IS DISTINCT FROM OLD.file_sha256 OR NEW.owner_org <> OLD.owner_org
            OR NEW.created_at <> OLD.created_at OR NEW.created_by <> OLD.created_by THEN
        RAISE EXCEPTION 'the text of a document is kept as it was read' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION directive_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sealed boolean;
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'extraction_run' THEN
        sealed := (SELECT secrecy = 'secret' FROM directive_document WHERE id = NEW.document_id);
        OLD.reading := '{}';
    ELSIF TG_OP = 'UPDATE' THEN
        sealed := (SELECT d.secrecy = 'secret' FROM extraction_candidate c
                   JOIN directive_document d ON d.id = c.document_id WHERE c.id = NEW.candidate_id);
        OLD.body := '{}';
    END IF;
    IF sealed AND NEW = OLD THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what belongs to directives is kept: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
DROP TRIGGER extraction_run_keep ON extraction_run;
CREATE TRIGGER extraction_run_keep BEFORE UPDATE OR DELETE ON extraction_run
    FOR EACH ROW EXECUTE FUNCTION directive_emptied();
DROP TRIGGER candidate_verdict_keep ON candidate_verdict;
CREATE TRIGGER candidate_verdict_keep BEFORE UPDATE OR DELETE ON candidate_verdict
    FOR EACH ROW EXECUTE FUNCTION directive_emptied();
