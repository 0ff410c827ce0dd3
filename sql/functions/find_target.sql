create function private.find_target(beginning text)
    returns uuid
    language plpgsql
    stable
    security invoker  -- the caller's policies decide which rows exist
    set search_path = ''
as $$
declare
    wanted text := lower(btrim(find_target.beginning));
    ids text[];
begin
    if coalesce(wanted !~ '^[0-9a-f-]{4,36}$', true) then
        raise exception using
            errcode = 'PT404',
            message = format(
                'no content or campaign ''%s''; give an id or at least its first 4 characters',
                left(find_target.beginning, 100)
            );
    end if;
    if wanted ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
        ids := array(
            select content_assets.id from public.content_assets where content_assets.id = wanted::uuid
            union all
            select campaigns.id from public.campaigns where campaigns.id = wanted::uuid
        );
    else
        ids := array(
            select content_assets.id::text from public.content_assets where content_assets.id::text like wanted || '%'
            union all
            select campaigns.id::text from public.campaigns where campaigns.id::text like wanted || '%'
            order by id
            limit 5
        );
    end if;
    if cardinality(ids) = 1 then
        return ids[1];
    end if;
    raise exception using
        errcode = 'PT404',
        message = case cardinality(ids)
            when 0 then format('no content or campaign with id ''%s''', find_target.beginning)
            else format(
                'id ''%s'' is the beginning of several: %s; give more of it',
                find_target.beginning,
                array_to_string(ids, ', ')
            )
        end;
end
$$;
comment on function private.find_target is
'The id of content or a campaign, by the whole of it or a beginning that only one has.';
revoke execute on function private.find_target from public, anon;
grant execute on function private.find_target to authenticated, service_role;
