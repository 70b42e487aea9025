-- Reading the city as of a moment asks who has gone since; deletes are rare, so this index costs telemetry nothing.
CREATE INDEX change_deleted ON change (seq) WHERE kind = 4;
-- Replay asks when a stretch of the log was recorded; at most one row a second.
CREATE INDEX moment_seq ON moment (seq);
