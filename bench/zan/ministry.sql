-- The rule the ministry's tool publishes, on every level: half the reference and one hectare at
-- least, and ten years at the observed pace (the published file projects nine).
with places as (
    select insee as commune, insee as code, 'commune' as level from communes
    union all select insee, epci_siren, 'EPCI' from communes where epci_siren is not null
    union all select insee, departement, 'département' from communes
    union all select insee, region, 'région' from communes
),
sums as (
    select
        level,
        code,
        sum(flow_m2) filter (where year between 2011 and 2020) / 10000 as reference_ha,
        sum(flow_m2) filter (where year >= 2021) / 10000 as published_ha,
        count(distinct year) filter (where year >= 2021) as year_count
    from flows join places using (commune)
    group by level, code
)
select
    level,
    code,
    reference_ha,
    greatest(reference_ha / 2, 1) as ministry_allowed_ha,
    published_ha,
    published_ha / year_count * 10 as projection_ha
from sums
order by level, code
