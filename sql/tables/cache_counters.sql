create table private.cache_counters (
    day date not null,
    cache_type text not null,
    tier text not null,  -- compute: what no tier had

    hits bigint not null default 0,
    misses bigint not null default 0,
    computes bigint not null default 0,
    errors bigint not null default 0,
    bytes_read bigint not null default 0,
    bytes_written bigint not null default 0,
    saved_seconds double precision not null default 0,  -- of computing
    saved_cost numeric not null default 0,  -- in US dollars

    constraint cache_counters_pkey primary key (day, cache_type, tier),
    constraint cache_counters_cache_type_is_snake_case check (cache_type ~ '^[a-z][a-z0-9_]*$'),
    constraint cache_counters_tier_is_known check (tier in ('memory', 'redis', 'table', 'compute')),
    constraint cache_counters_is_not_negative
    check (least(hits, misses, computes, errors, bytes_read, bytes_written, saved_seconds, saved_cost) >= 0)
);
comment on table private.cache_counters is
'What the cache was asked and what it saved, by day, kind and tier; every process adds to it now and then.';
