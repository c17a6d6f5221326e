-- Makes this month's partition and those of the months to come. Owner-owned: the roles that run the
-- service cannot create anything. A month that already has rows in the default partition stays
-- there; the lock time-out keeps a busy table from waiting on this.
CREATE FUNCTION store.ensure_partitions(months integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '2s'
AS $$
DECLARE
    first timestamptz := date_trunc('month', clock_timestamp(), 'UTC');
    parent text;
    part text;
    since timestamptz;
    made integer := 0;
BEGIN
    IF months NOT BETWEEN 0 AND 24 THEN
        RAISE EXCEPTION 'months must lie between 0 and 24';
    END IF;
    FOREACH parent IN ARRAY ARRAY['outbox', 'audit_entries'] LOOP
        FOR ahead IN 0..months LOOP
            since := (first AT TIME ZONE 'UTC' + make_interval(months => ahead)) AT TIME ZONE 'UTC';
            part := parent || to_char(since AT TIME ZONE 'UTC', '"_p"YYYYMM');
            CONTINUE WHEN to_regclass('store.' || part) IS NOT NULL;
            BEGIN
                EXECUTE format(
                    'CREATE TABLE store.%I PARTITION OF store.%I FOR VALUES FROM (%L) TO (%L)',
                    part, parent, store.first_id_at(since),
                    store.first_id_at((since AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC'));
                EXECUTE format('ALTER TABLE store.%I ENABLE ROW LEVEL SECURITY', part);
                EXECUTE format('ALTER TABLE store.%I FORCE ROW LEVEL SECURITY', part);
                made := made + 1;
            EXCEPTION WHEN check_violation THEN
                RAISE NOTICE 'the default partition of % already holds rows of this month', parent;
            END;
        END LOOP;
    END LOOP;
    RETURN made;
END
$$;
REVOKE ALL ON FUNCTION store.ensure_partitions(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION store.ensure_partitions(integer) TO bitewing_worker;
SELECT store.ensure_partitions(3);
