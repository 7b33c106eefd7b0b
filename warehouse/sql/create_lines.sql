-- work.lines: one row per physical line of every delivered file, blank ones too
-- The key counts on from file to file, so that it is one number for a file and a line.
create or replace table work.lines (
    record bigint,
    line varchar
);
