-- When attributes were made and modified, where that is not said by the entity or the log: {"12": [made, modified]}
-- in µs since 1970. NULL for an entity that has what it was made with; telemetry never rewrites it.
ALTER TABLE entity_static ADD COLUMN times jsonb;
