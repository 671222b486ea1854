COPY (
  SELECT parcel_id, ST_Area(p.geom) AS area_m2, zone_label, zae_name, friche_id, road_m,
    coalesce(ST_Area(e.geom), 0) AS economic_m2,
    coalesce(built_m2, 0) AS built_m2, coalesce(farmed_m2, 0) AS farmed_m2,
    coalesce(forbidden_m2, 0) AS forbidden_m2,
    coalesce(unspecified_m2, 0) AS unspecified_m2,
    coalesce(conditional_m2, 0) AS conditional_m2,
    coalesce(urbanised_m2, 0) AS urbanised_m2, coalesce(farm_m2, 0) AS farm_m2,
    coalesce(nature_m2, 0) AS nature_m2, coalesce(forest_m2, 0) AS forest_m2,
    coalesce(usable_m2, 0) AS usable_m2, coalesce(piece_m2, 0) AS piece_m2
  FROM parcels p
  LEFT JOIN zoned USING (parcel_id)
  LEFT JOIN economic e USING (parcel_id)
  LEFT JOIN built USING (parcel_id)
  LEFT JOIN farmed USING (parcel_id)
  LEFT JOIN risked USING (parcel_id)
  LEFT JOIN classed USING (parcel_id)
  LEFT JOIN in_zae USING (parcel_id)
  LEFT JOIN in_friche USING (parcel_id)
  LEFT JOIN usable USING (parcel_id)
  LEFT JOIN near USING (parcel_id)
) TO STDOUT (FORMAT csv, HEADER);
