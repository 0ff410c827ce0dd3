create function public.list_proposals(
    workspace_id uuid,
    -- open, refused or removed
    state text default 'open',
    -- rows to return; values outside 1..200 are clamped
    match_count integer default 50,
    -- these alone, in whatever spelling; null: all
    words text[] default null
)
    -- the most used first
    returns table (
        id uuid,
        kind text,
        name text,
        state text,
        uses bigint,
        -- beginnings of up to three texts, the newest first
        examples text[],
        created_at timestamptz,
        last_used_at timestamptz
    )
    language sql
    stable
    security invoker  -- the caller's policies decide which rows exist
    set search_path = ''
as $$
    select
        label_proposals.id,
        label_proposals.kind,
        label_proposals.name,
        label_proposals.state,
        coalesce(evidence.uses, 0),
        array(
            select
                left(
                    private.asset_text(
                        content_assets.content, content_assets.prompt, content_assets.alt_text,
                        content_assets.file_path
                    ),
                    200
                )
            from public.label_proposal_uses as used
            inner join public.content_assets on used.content_asset_id = content_assets.id
            where used.proposal_id = label_proposals.id
            order by used.created_at desc, used.content_asset_id
            limit 3
        ),
        label_proposals.created_at,
        evidence.last_used_at
    from public.label_proposals
    left join (
        select
            label_proposal_uses.proposal_id,
            count(*) as uses,
            max(label_proposal_uses.created_at) as last_used_at
        from public.label_proposal_uses
        where label_proposal_uses.workspace_id = list_proposals.workspace_id
        group by label_proposal_uses.proposal_id
    ) as evidence on label_proposals.id = evidence.proposal_id
    where
        label_proposals.workspace_id = list_proposals.workspace_id
        and label_proposals.state = list_proposals.state
        and (
            list_proposals.words is null
            or label_proposals.folded_name in (
                select private.fold_tag(said.word) from unnest(list_proposals.words) as said (word)
            )
        )
    order by 5 desc, label_proposals.name collate "C"
    limit least(greatest(coalesce(list_proposals.match_count, 50), 1), 200);
$$;
comment on function public.list_proposals is
'Words that may become labels, with how often machines met them and where; or those that were refused or removed.';
revoke execute on function public.list_proposals from public, anon;
grant execute on function public.list_proposals to authenticated, service_role;
