-- What dentists say of the guard's verdicts. message is sealed: it holds what was written to or by a patient. label: 1 rude,
-- 2 flirting, 3 clinical advice, 4 off topic, 5 urgent, 6 angry, 7 harassment, 8 opt-out. judgement: 1 fine, 2 missed.
CREATE TABLE guard_feedback (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    label smallint NOT NULL,
    judgement smallint NOT NULL,
    language text NOT NULL,
    author text NOT NULL,
    message bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT guard_feedback_key PRIMARY KEY (organization_id, id)
);
CREATE INDEX guard_feedback_by_clinic ON guard_feedback (organization_id, clinic_id, id);
CREATE INDEX guard_feedback_age ON guard_feedback (expires_at);
ALTER TABLE guard_feedback ENABLE ROW LEVEL SECURITY;
ALTER TABLE guard_feedback FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_feedback_of_organization ON guard_feedback TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
CREATE POLICY guard_feedback_for_pruning ON guard_feedback TO bitewing_worker USING (true);
GRANT SELECT, INSERT, DELETE ON guard_feedback TO bitewing_app;
GRANT SELECT (expires_at), DELETE ON guard_feedback TO bitewing_worker;
