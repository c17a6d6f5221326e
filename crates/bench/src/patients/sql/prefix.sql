\set n random(1, :count)
WITH wanted AS (
    SELECT n.token, n.patient_id AS id FROM patient_names n
    JOIN patients p ON p.organization_id = :organization::uuid AND p.id = n.patient_id
    WHERE n.organization_id = :organization::uuid
      AND n.token >= (SELECT prefix FROM bench.asked WHERE n = :n)
      AND n.token < (SELECT prefix_end FROM bench.asked WHERE n = :n)
      AND p.merged_into IS NULL AND p.erased_at IS NULL AND p.deleted_at IS NULL
    ORDER BY n.token, n.patient_id LIMIT 51
)
SELECT p.*, e.systems, e.system_values, c.*, r.kinds, r.related, r.names, m.ids AS merged
FROM wanted w
JOIN patients p ON p.organization_id = :organization::uuid AND p.id = w.id
CROSS JOIN LATERAL (
    SELECT array_agg(x.system ORDER BY x.system, x.value) AS systems, array_agg(x.value ORDER BY x.system, x.value) AS system_values
    FROM external_ids x WHERE x.organization_id = :organization::uuid AND x.patient_id = p.id
) e
CROSS JOIN LATERAL (
    SELECT array_agg(x.id ORDER BY x.rank) AS ids, array_agg(x.kind ORDER BY x.rank) AS kinds,
           array_agg(x.channel ORDER BY x.rank) AS channels, array_agg(x.value ORDER BY x.rank) AS point_values,
           array_agg(x.line_type ORDER BY x.rank) AS lines, array_agg(x.region ORDER BY x.rank) AS regions,
           array_agg(x.use_kind ORDER BY x.rank) AS uses, array_agg(x.verified_at ORDER BY x.rank) AS verified,
           array_agg(x.verified_by ORDER BY x.rank) AS verified_by, array_agg(x.unreachable_at ORDER BY x.rank) AS unreachable,
           array_agg(x.unreachable_reason ORDER BY x.rank) AS reasons, array_agg(x.opened_at ORDER BY x.rank) AS opened
    FROM contact_points x WHERE x.organization_id = :organization::uuid AND x.patient_id = p.id
) c
CROSS JOIN LATERAL (
    SELECT array_agg(x.kind ORDER BY x.rank) AS kinds, array_agg(x.related_id ORDER BY x.rank) AS related,
           array_agg(x.display_name ORDER BY x.rank) AS names
    FROM patient_relations x WHERE x.organization_id = :organization::uuid AND x.patient_id = p.id
) r
CROSS JOIN LATERAL (
    SELECT array_agg(x.id ORDER BY x.id) AS ids FROM patients x
    WHERE x.organization_id = :organization::uuid AND x.merged_into = p.id
) m
ORDER BY w.token, p.id;
