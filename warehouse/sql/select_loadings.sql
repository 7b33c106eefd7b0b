-- one row per feature that takes part and a component, numbers first as encoded rows have them
select
    loadings.component,
    loadings.loading
from loadings
inner join features on loadings.feature = features.feature
order by features.encoding <> 'standardized', features.feature_number, loadings.component;
