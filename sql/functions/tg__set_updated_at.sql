create function private.tg__set_updated_at()
    returns trigger
    language plpgsql
    set search_path = ''
as $$
begin
    new.updated_at := clock_timestamp();
    return new;
end
$$;
comment on function private.tg__set_updated_at is 'Stamps the time of the write.';
revoke execute on function private.tg__set_updated_at from public, anon, authenticated, service_role;
