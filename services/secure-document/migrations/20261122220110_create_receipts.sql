-- What became of a link, for its clinic. kind: 1 issued, 2 sent, 3 delivered, 4 bounced, 5 opened, 6 code sent,
-- 7 code delivered, 8 code failed, 9 code refused, 10 code wrong, 11 unlocked, 12 downloaded, 13 completed, 14 locked,
-- 15 expired, 16 revoked. What can happen without end is counted on one row: subject tells the rows of a kind apart
-- (a code, a session, a document, a reason). network is an IPv4 /24 or an IPv6 /48.
CREATE TABLE receipts (
    organization_id uuid NOT NULL,
    link_id uuid NOT NULL,
    kind smallint NOT NULL,
    subject text NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    times integer NOT NULL,
    channel smallint,
    document_id uuid,
    reason text NOT NULL,
    network text NOT NULL,
    CONSTRAINT receipts_key PRIMARY KEY (organization_id, link_id, kind, subject),
    CONSTRAINT receipts_link FOREIGN KEY (organization_id, link_id) REFERENCES links (organization_id, id),
    CONSTRAINT receipts_kind_known CHECK (kind BETWEEN 1 AND 16)
);

-- Which messages carry codes, so that what becomes of them is known of the codes. No code is in it.
CREATE TABLE code_messages (
    organization_id uuid NOT NULL,
    message_id uuid NOT NULL,
    link_id uuid NOT NULL,
    challenge_id uuid NOT NULL,
    channel smallint NOT NULL,
    CONSTRAINT code_messages_key PRIMARY KEY (organization_id, message_id),
    CONSTRAINT code_messages_link FOREIGN KEY (organization_id, link_id) REFERENCES links (organization_id, id)
);

-- Lists by state and by delivery; the links that replaced a link.
CREATE INDEX links_by_state ON links (organization_id, state, id);
CREATE INDEX links_by_delivery ON links (organization_id, delivery, id);
CREATE INDEX links_by_origin ON links (organization_id, reissued_from) WHERE reissued_from IS NOT NULL;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['receipts', 'code_messages'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY %I ON %I TO bitewing_app USING (organization_id = current_setting(''app.organization'')::uuid) WITH CHECK (organization_id = current_setting(''app.organization'')::uuid)',
            name || '_of_organization', name);
    END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE (last_at, times, network, reason) ON receipts TO bitewing_app;
GRANT SELECT, INSERT ON code_messages TO bitewing_app;
