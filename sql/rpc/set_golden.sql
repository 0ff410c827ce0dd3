create function public.set_golden(
    -- ids of content
    target_ids uuid[],
    golden boolean
)
    -- how many were changed
    returns integer
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    unfiled uuid;
    changed integer;
begin
    select content_assets.id into unfiled
    from public.content_assets
    where
        content_assets.id = any(set_golden.target_ids)
        and set_golden.golden
        and (content_assets.confirmed_at is null or content_assets.primary_category is null)
    order by content_assets.id
    limit 1;
    if unfiled is not null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('%s cannot be golden: no person has set its category', unfiled),
            hint = 'Set or confirm it first.';
    end if;
    update public.content_assets
    set golden = set_golden.golden
    where
        content_assets.id = any(set_golden.target_ids)
        and content_assets.golden <> set_golden.golden;
    get diagnostics changed = row_count;
    return changed;
end
$$;
comment on function public.set_golden is
'Put content into the golden set of its workspace, or take it out: what is in it measures, and is not learned from.

Refused where no person has set the category, and where an equal text is in it under another category.';
revoke execute on function public.set_golden from public, anon;
grant execute on function public.set_golden to authenticated, service_role;
