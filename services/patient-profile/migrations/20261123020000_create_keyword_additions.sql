-- Words an organization added to those by which replies are read: one small row, read with every reply.
CREATE TABLE keyword_additions (
    organization_id uuid NOT NULL,
    version bigint NOT NULL,
    words jsonb NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT keyword_additions_key PRIMARY KEY (organization_id)
);
ALTER TABLE keyword_additions ENABLE ROW LEVEL SECURITY;
ALTER TABLE keyword_additions FORCE ROW LEVEL SECURITY;
CREATE POLICY keyword_additions_of_organization ON keyword_additions TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON keyword_additions TO bitewing_app;

-- Until when a wish waits for the dental system. Wishes made before this column wait until they are answered.
ALTER TABLE appointment_requests ADD COLUMN expires_at timestamptz;
