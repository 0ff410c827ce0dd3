create function public.activate_head(
    workspace_id uuid,
    -- null: none, so that no head decides
    version integer
)
    returns void
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    wanted uuid;
    model text;
    told text := format('no version %s of a trained head', activate_head.version);
begin
    perform from public.workspaces where workspaces.id = activate_head.workspace_id for no key update;
    if activate_head.version is not null then
        select
            trained_heads.id,
            trained_heads.embedding_model
        into wanted, model
        from public.trained_heads
        where
            trained_heads.workspace_id = activate_head.workspace_id
            and trained_heads.version = activate_head.version;
        if not found then
            raise exception using errcode = 'PT404', message = told;
        end if;
        if not exists (select from private.trained_head_labels where trained_head_labels.head_id = wanted) then
            raise exception using
                errcode = 'invalid_parameter_value',
                message = format('version %s of the trained head has no labels any more', activate_head.version),
                hint = 'Fit a new one.';
        end if;
    end if;
    -- two statements: at no time may two be active
    update public.trained_heads
    set active = false
    where
        trained_heads.workspace_id = activate_head.workspace_id
        and trained_heads.active
        and trained_heads.id is distinct from wanted
        -- the head of other vectors is not in its place
        and trained_heads.embedding_model = coalesce(model, trained_heads.embedding_model);
    update public.trained_heads
    set
        active = true,
        activated_at = clock_timestamp()
    where
        trained_heads.id = wanted
        and not trained_heads.active;
end
$$;
comment on function public.activate_head is
'Let a version of a workspace''s trained head decide from now on, in place of the active one. For workers only.';
revoke execute on function public.activate_head from public, anon, authenticated;
grant execute on function public.activate_head to service_role;
