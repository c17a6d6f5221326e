-- The roles are made before the first migration, by whoever makes the database (deploy/postgres):
-- bitewing_app serves requests and sees one organization at a time; bitewing_worker scans queues
-- across organizations and can read nothing else.
REVOKE ALL ON SCHEMA store FROM PUBLIC;
GRANT USAGE ON SCHEMA store TO bitewing_app, bitewing_worker;

-- The smallest UUIDv7 of an instant (RFC 9562 5.7): the bound of a partition.
CREATE FUNCTION store.first_id_at(instant timestamptz) RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT (lpad(to_hex(floor(extract(epoch FROM instant) * 1000)::bigint), 12, '0')
            || '70008000000000000000')::uuid
$$;

-- The versions and checksums in a migrations journal, so that a service can refuse to start on an
-- old schema without being able to read, let alone write, the journal itself.
CREATE FUNCTION store.applied_migrations(journal text)
    RETURNS TABLE (version bigint, checksum bytea, success boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    name regclass := coalesce(to_regclass(journal), to_regclass('public.' || journal));
BEGIN
    IF (SELECT relname FROM pg_class WHERE oid = name) = '_sqlx_migrations' THEN
        RETURN QUERY EXECUTE format('SELECT version, checksum, success FROM %s', name);
    END IF;
END
$$;
REVOKE ALL ON FUNCTION store.applied_migrations(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION store.applied_migrations(text) TO bitewing_app, bitewing_worker;
