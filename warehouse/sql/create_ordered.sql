-- work.ordered: one row per customer, with its position in the canonical order from 0
-- Customers are written once, in that order.
create or replace view work.ordered as
select
    rowid as _position,
    *
from night.customers;
