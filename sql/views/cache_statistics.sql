create view public.cache_statistics
with (security_invoker = true)
as
select
    cache_counters.cache_type,
    cache_counters.tier,
    sum(cache_counters.hits) as hits,
    sum(cache_counters.misses) as misses,
    round(sum(cache_counters.hits) / nullif(sum(cache_counters.hits) + sum(cache_counters.misses), 0), 4) as hit_rate,
    sum(cache_counters.computes) as computes,
    sum(cache_counters.errors) as errors,
    sum(cache_counters.bytes_read) as bytes_read,
    sum(cache_counters.bytes_written) as bytes_written,
    sum(cache_counters.saved_seconds) as saved_seconds,
    sum(cache_counters.saved_cost) as saved_cost,
    min(cache_counters.day) as first_day
from private.cache_counters
group by
    cache_counters.cache_type,
    cache_counters.tier;
comment on view public.cache_statistics is
'What the cache was asked and what it saved, by kind and tier, of all workspaces together. For services only.';
comment on column public.cache_statistics.hit_rate is '0..1; null where nothing was asked.';
comment on column public.cache_statistics.saved_cost is 'US dollars that hits did not cost again.';
grant select on public.cache_statistics to service_role;
