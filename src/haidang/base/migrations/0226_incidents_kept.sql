-- What a shift handed over and both leads signed is kept as incidents and their files are; nor is a whole table emptied.
CREATE TRIGGER handover_no_delete BEFORE DELETE ON handover FOR EACH ROW EXECUTE FUNCTION incident_refuse();
CREATE TRIGGER handover_no_truncate BEFORE TRUNCATE ON handover EXECUTE FUNCTION incident_refuse();
CREATE TRIGGER incident_no_truncate BEFORE TRUNCATE ON incident EXECUTE FUNCTION incident_refuse();
CREATE TRIGGER incident_file_no_truncate BEFORE TRUNCATE ON incident_file EXECUTE FUNCTION incident_refuse();
