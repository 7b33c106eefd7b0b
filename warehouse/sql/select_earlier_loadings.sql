-- one row per fitted feature and component of the earlier run, numbers first as encoded rows have them
select loadings.loading
from previous.loadings as loadings
inner join previous.features as features on loadings.feature = features.feature
order by features.encoding <> 'standardized', features.feature_number, loadings.component;
