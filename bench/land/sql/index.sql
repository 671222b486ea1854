-- Large polygons in parts of at most 128 points, as the PostGIS manual advises (ST_Subdivide).
CREATE UNLOGGED TABLE zone_parts AS
SELECT zone_id, label, ST_Subdivide(geom, 128) AS geom FROM zoning;
CREATE UNLOGGED TABLE risk_parts AS
SELECT regulation, ST_Subdivide(geom, 128) AS geom FROM risks;
CREATE UNLOGGED TABLE crop_parts AS
SELECT ST_Subdivide(geom, 128) AS geom FROM crops;
CREATE UNLOGGED TABLE cover_parts AS
SELECT land_class, ST_Subdivide(geom, 128) AS geom
FROM land_cover JOIN nomenclature USING (cover, use);

CREATE INDEX ON parcels USING gist (geom);
CREATE INDEX ON zone_parts USING gist (geom);
CREATE INDEX ON risk_parts USING gist (geom);
CREATE INDEX ON crop_parts USING gist (geom);
CREATE INDEX ON cover_parts USING gist (geom);
CREATE INDEX ON buildings USING gist (geom);
CREATE INDEX ON zae USING gist (geom);
CREATE INDEX ON friches USING gist (geom);
CREATE INDEX ON roads USING gist (geom);
VACUUM ANALYZE;
