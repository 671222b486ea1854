-- In a session of its own beside the others: a LIMIT keeps the planner to one core.
CREATE UNLOGGED TABLE near AS
SELECT p.parcel_id, d.road_m
FROM parcels p
CROSS JOIN LATERAL (
  SELECT p.geom <-> r.geom AS road_m FROM roads r ORDER BY p.geom <-> r.geom LIMIT 1
) d
WHERE d.road_m <= :road_reach_m;
