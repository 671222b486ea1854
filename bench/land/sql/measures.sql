-- The polygons two shapes share; ST_Covers keeps `b` prepared from one parcel to the next.
CREATE FUNCTION shared(a geometry, b geometry) RETURNS geometry
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN ST_Covers(b, a) THEN a
              ELSE ST_CollectionExtract(ST_Intersection(a, b), 3) END
$$;

CREATE UNLOGGED TABLE zone_pieces AS
SELECT p.parcel_id, z.zone_id, z.label, shared(p.geom, z.geom) AS geom
FROM parcels p JOIN zone_parts z ON ST_Intersects(z.geom, p.geom);

CREATE UNLOGGED TABLE zoned AS
SELECT DISTINCT ON (parcel_id) parcel_id, label AS zone_label
FROM (
  SELECT parcel_id, zone_id, label, sum(ST_Area(geom)) AS m2
  FROM zone_pieces GROUP BY parcel_id, zone_id, label
) shares
ORDER BY parcel_id, m2 DESC;

CREATE UNLOGGED TABLE economic AS
SELECT parcel_id, ST_Union(geom) AS geom
FROM zone_pieces WHERE label IN (:economic_labels) GROUP BY parcel_id;

CREATE UNLOGGED TABLE built AS
SELECT p.parcel_id, ST_Area(ST_Union(shared(p.geom, b.geom))) AS built_m2
FROM parcels p JOIN buildings b ON ST_Intersects(b.geom, p.geom) GROUP BY p.parcel_id;

CREATE UNLOGGED TABLE farmed AS
SELECT p.parcel_id, ST_Area(ST_Union(shared(p.geom, c.geom))) AS farmed_m2
FROM parcels p JOIN crop_parts c ON ST_Intersects(c.geom, p.geom) GROUP BY p.parcel_id;

CREATE UNLOGGED TABLE risk_pieces AS
SELECT p.parcel_id, r.regulation, shared(p.geom, r.geom) AS geom
FROM parcels p JOIN risk_parts r ON ST_Intersects(r.geom, p.geom);

CREATE UNLOGGED TABLE risked AS
SELECT parcel_id,
  ST_Area(ST_Union(geom) FILTER (WHERE regulation = :'forbidden_m2')) AS forbidden_m2,
  ST_Area(ST_Union(geom) FILTER (WHERE regulation = :'unspecified_m2')) AS unspecified_m2,
  ST_Area(ST_Union(geom) FILTER (WHERE regulation = :'conditional_m2')) AS conditional_m2
FROM risk_pieces GROUP BY parcel_id;

CREATE UNLOGGED TABLE cover_pieces AS
SELECT p.parcel_id, c.land_class, shared(p.geom, c.geom) AS geom
FROM parcels p JOIN cover_parts c ON ST_Intersects(c.geom, p.geom);

CREATE UNLOGGED TABLE classed AS
SELECT parcel_id,
  ST_Area(ST_Union(geom) FILTER (WHERE land_class = :'urbanised_m2')) AS urbanised_m2,
  ST_Area(ST_Union(geom) FILTER (WHERE land_class = :'farm_m2')) AS farm_m2,
  ST_Area(ST_Union(geom) FILTER (WHERE land_class = :'nature_m2')) AS nature_m2,
  ST_Area(ST_Union(geom) FILTER (WHERE land_class = :'forest_m2')) AS forest_m2
FROM cover_pieces GROUP BY parcel_id;

CREATE UNLOGGED TABLE in_zae AS
SELECT DISTINCT ON (parcel_id) parcel_id, name AS zae_name
FROM (
  SELECT p.parcel_id, z.name, ST_Area(p.geom) AS area_m2, ST_Area(shared(p.geom, z.geom)) AS m2
  FROM parcels p JOIN zae z ON ST_Intersects(z.geom, p.geom)
) shares
WHERE m2 >= :holds_share * area_m2 ORDER BY parcel_id, m2 DESC;

CREATE UNLOGGED TABLE in_friche AS
SELECT DISTINCT ON (parcel_id) parcel_id, site_id AS friche_id, status IN (:verified_friches) AS is_verified
FROM (
  SELECT p.parcel_id, f.site_id, f.status, ST_Area(p.geom) AS area_m2,
    ST_Area(shared(p.geom, f.geom)) AS m2
  FROM parcels p JOIN friches f ON ST_Intersects(f.geom, p.geom)
) shares
WHERE m2 >= :holds_share * area_m2 ORDER BY parcel_id, m2 DESC;

CREATE UNLOGGED TABLE economic_parts AS
SELECT parcel_id, coalesce(f.is_verified, false) AS is_verified,
  CASE WHEN f.is_verified OR z.zae_name IS NOT NULL THEN p.geom ELSE e.geom END AS geom
FROM parcels p
LEFT JOIN economic e USING (parcel_id)
LEFT JOIN in_zae z USING (parcel_id)
LEFT JOIN in_friche f USING (parcel_id)
WHERE f.is_verified OR z.zae_name IS NOT NULL OR e.geom IS NOT NULL;
ANALYZE economic_parts;

CREATE UNLOGGED TABLE usable AS
SELECT e.parcel_id, ST_Area(u.geom) AS usable_m2, piece.m2 AS piece_m2
FROM economic_parts e
CROSS JOIN LATERAL (
  SELECT ST_Union(geom) AS geom FROM (
    SELECT r.geom FROM risk_parts r WHERE ST_Intersects(r.geom, e.geom)
      AND r.regulation IN (:'forbidden_m2', :'unspecified_m2')
    UNION ALL
    SELECT b.geom FROM buildings b WHERE ST_Intersects(b.geom, e.geom) AND NOT e.is_verified
  ) obstacles
) o
CROSS JOIN LATERAL (
  SELECT CASE WHEN o.geom IS NULL THEN e.geom ELSE ST_Difference(e.geom, o.geom) END AS geom
) u
CROSS JOIN LATERAL (
  SELECT max(ST_Area((part).geom)) AS m2 FROM ST_Dump(u.geom) part
) piece;
