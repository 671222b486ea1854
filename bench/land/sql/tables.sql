-- Unlogged: what is measured is the work, not the safety of a throw-away database.
CREATE UNLOGGED TABLE parcels (parcel_id text, geom geometry);
CREATE UNLOGGED TABLE zoning (zone_id text, label text, geom geometry);
CREATE UNLOGGED TABLE risks (regulation text, geom geometry);
CREATE UNLOGGED TABLE buildings (geom geometry);
CREATE UNLOGGED TABLE land_cover (cover text, use text, geom geometry);
CREATE UNLOGGED TABLE crops (geom geometry);
CREATE UNLOGGED TABLE zae (name text, geom geometry);
CREATE UNLOGGED TABLE friches (site_id text, status text, geom geometry);
CREATE UNLOGGED TABLE roads (geom geometry);
CREATE UNLOGGED TABLE nomenclature (cover text, use text, land_class text);
