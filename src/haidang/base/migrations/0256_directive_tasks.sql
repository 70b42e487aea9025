-- Which tasks a directive became when it was issued. What a task says of its source anybody may write who gives
-- one; this only issuing writes, and it stays.
CREATE TABLE directive_task (
    task_id      bigint PRIMARY KEY REFERENCES task,
    directive_id bigint NOT NULL REFERENCES directive
);
CREATE INDEX directive_task_directive ON directive_task (directive_id);
CREATE TRIGGER directive_task_keep BEFORE UPDATE OR DELETE ON directive_task
    FOR EACH ROW EXECUTE FUNCTION directive_refuse();
CREATE TRIGGER directive_task_no_truncate BEFORE TRUNCATE ON directive_task EXECUTE FUNCTION directive_refuse();
