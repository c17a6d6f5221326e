-- Who does a piece of work that only one process may do; epoch fences the one who had it before.
CREATE TABLE store.lease (
    name  text        NOT NULL,
    owner uuid        NOT NULL,
    epoch bigint      NOT NULL,
    until timestamptz NOT NULL,
    CONSTRAINT lease_pkey PRIMARY KEY (name)
);
GRANT SELECT, INSERT, UPDATE (owner, epoch, until) ON store.lease TO bitewing_worker;
