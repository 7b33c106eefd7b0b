-- one row an encoding of the customers that could be taken: what was taken first, then the one with the most lift
select
    encoding,
    n_columns,
    n_dimensions,
    k,
    silhouette,
    null_silhouette,
    lift,
    margin,
    rows_sampled,
    chosen as is_chosen,
    reason
from encodings
order by chosen desc, lift desc nulls last, encoding asc;
