-- What the guard said of a message somebody wrote, and what was decided about it. verdict and reason are sealed: findings
-- and reasons tell of what was written. action: 1 allow, 2 warn, 3 approval, 4 block. approver: 1 dentist, 2 manager.
-- decision: 1 sent, 2 waiting, 3 approved, 4 rejected, 5 overridden. Rows live as long as their messages; no foreign key
-- keeps a month of messages from being detached.
CREATE TABLE message_checks (
    organization_id uuid NOT NULL,
    message_id uuid NOT NULL,
    action smallint NOT NULL,
    approver smallint,
    decision smallint NOT NULL,
    verdict bytea NOT NULL,
    author_kind text NOT NULL,
    author_id text NOT NULL,
    decider_id text NOT NULL DEFAULT '',
    reason bytea,
    decided_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT message_checks_key PRIMARY KEY (organization_id, message_id)
);
ALTER TABLE message_checks ENABLE ROW LEVEL SECURITY;
ALTER TABLE message_checks FORCE ROW LEVEL SECURITY;
CREATE POLICY message_checks_of_organization ON message_checks TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (decision, decider_id, reason, decided_at) ON message_checks TO bitewing_app;

-- state 9 is held: somebody has to agree before a message leaves, and has to be able to read it.
ALTER TABLE messages DROP CONSTRAINT messages_scrubbed;
ALTER TABLE messages ADD CONSTRAINT messages_scrubbed
    CHECK (state IN (1, 2, 6, 9) OR channel = 3 AND state IN (3, 4, 8) OR body IS NULL AND secret IS NULL);
