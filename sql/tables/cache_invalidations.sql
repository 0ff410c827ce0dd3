create table private.cache_invalidations (
    scope text not null,
    epoch bigint not null,  -- counts invalidations; what was begun in an earlier one is not stored
    invalidated_at timestamptz not null default clock_timestamp(),

    constraint cache_invalidations_pkey primary key (scope),
    constraint cache_invalidations_epoch_is_positive check (epoch > 0)
);
create index idx_cache_invalidations_epoch on private.cache_invalidations (epoch);
comment on table private.cache_invalidations is
'What of the cache was declared wrong, and when: the last time of each scope. Every process reads along.';
