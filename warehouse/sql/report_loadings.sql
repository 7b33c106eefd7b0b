-- one row per component and feature, the strongest of a component first
select
    loadings.component,
    loadings.feature,
    loadings.loading
from loadings
inner join features on loadings.feature = features.feature
order by loadings.component asc, abs(loadings.loading) desc, features.feature_number asc;
