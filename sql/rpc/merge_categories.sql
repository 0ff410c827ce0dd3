create function public.merge_categories(
    workspace_id uuid,
    -- the name of the category that goes
    source text,
    -- the name of the one that stays
    target text
)
    -- {"kept": name of the category that stays, "assets", "campaigns", "rules": how many were changed}
    returns jsonb
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.merge_categories(merge_categories.workspace_id, merge_categories.source, merge_categories.target);
$$;
comment on function public.merge_categories is
'Make two categories one: whatever has the one that goes has the other from now on, rules included. For editors.

Its name stays known as another name of the one that stays. The history keeps the names it had. Merging what is merged
already changes nothing.';
revoke execute on function public.merge_categories from public, anon;
grant execute on function public.merge_categories to authenticated, service_role;
