-- What sandbox accounts would have sent, sealed: it holds what a phone or mailbox would hold.
-- recipient is a keyed hash, to list one phone's messages.
CREATE TABLE sandbox_messages (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    message_id uuid NOT NULL,
    recipient bytea NOT NULL,
    content bytea NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT sandbox_messages_key PRIMARY KEY (organization_id, id),
    CONSTRAINT sandbox_messages_once UNIQUE (organization_id, message_id)
);
CREATE INDEX sandbox_messages_by_recipient ON sandbox_messages (organization_id, recipient, id);
ALTER TABLE sandbox_messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE sandbox_messages FORCE ROW LEVEL SECURITY;
CREATE POLICY sandbox_messages_of_organization ON sandbox_messages TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
GRANT SELECT, INSERT ON sandbox_messages TO bitewing_app;
