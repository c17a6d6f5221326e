-- What providers tell of messages they took. state: 8 sent, between accepted and delivered.
-- told counts how often a call said what it had to say; until it is over, that rests sealed.
ALTER TABLE messages ADD COLUMN accepted_at timestamptz;
ALTER TABLE messages ADD COLUMN sent_at timestamptz;
ALTER TABLE messages ADD COLUMN ended_at timestamptz;
ALTER TABLE messages ADD COLUMN told smallint NOT NULL DEFAULT 0;
GRANT UPDATE (accepted_at, sent_at, ended_at, told) ON messages TO bitewing_app;
ALTER TABLE messages DROP CONSTRAINT messages_scrubbed;
ALTER TABLE messages ADD CONSTRAINT messages_scrubbed
    CHECK (state IN (1, 2, 6) OR channel = 3 AND state IN (3, 4, 8) OR body IS NULL AND secret IS NULL);
