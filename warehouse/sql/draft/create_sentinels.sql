-- work.draft_sentinels: one row a column and number that stands for a missing value
create or replace table work.draft_sentinels (column_number bigint, v double);
