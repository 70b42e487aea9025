-- What has left, who answers for it, and what others have sent, stay: past the application too.

CREATE OR REPLACE FUNCTION warning_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.xml IS NOT NULL AND
            (NEW.xml, NEW.sender, NEW.identifier, NEW.sent, NEW.content, NEW.msg_type, NEW.status, NEW.scope, NEW.headline,
             NEW.refs, NEW.incident_id, NEW.is_exercise, NEW.authors, NEW.preapproved, NEW.approver, NEW.approved_at,
             NEW.sent_by, NEW.expires, NEW.created_at)
            IS DISTINCT FROM
            (OLD.xml, OLD.sender, OLD.identifier, OLD.sent, OLD.content, OLD.msg_type, OLD.status, OLD.scope, OLD.headline,
             OLD.refs, OLD.incident_id, OLD.is_exercise, OLD.authors, OLD.preapproved, OLD.approver, OLD.approved_at,
             OLD.sent_by, OLD.expires, OLD.created_at) THEN
        RAISE EXCEPTION 'what was sent is updated or cancelled, never changed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER warning_emptied BEFORE TRUNCATE ON warning EXECUTE FUNCTION warning_kept();

-- Of others' messages only what follows from them moves on: the line, its end, what its alert is known by.
CREATE FUNCTION cap_received_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND
            (NEW.sender, NEW.identifier, NEW.sent, NEW.cap_version, NEW.source, NEW.origin, NEW.status, NEW.msg_type,
             NEW.message, NEW.xml, NEW.notes, NEW.refs, NEW.outcome, NEW.why, NEW.received_at)
            IS NOT DISTINCT FROM
            (OLD.sender, OLD.identifier, OLD.sent, OLD.cap_version, OLD.source, OLD.origin, OLD.status, OLD.msg_type,
             OLD.message, OLD.xml, OLD.notes, OLD.refs, OLD.outcome, OLD.why, OLD.received_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what others have sent is kept as it came' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER cap_received_stays BEFORE UPDATE OR DELETE ON cap_received
    FOR EACH ROW EXECUTE FUNCTION cap_received_stays();
CREATE TRIGGER cap_received_emptied BEFORE TRUNCATE ON cap_received EXECUTE FUNCTION cap_received_stays();
