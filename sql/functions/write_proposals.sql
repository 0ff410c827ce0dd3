create function private.write_proposals(
    results jsonb,
    -- jobs to write; their rows and themselves are locked
    done bigint[]
)
    returns void
    language plpgsql
    set search_path = ''
as $$
begin
    -- in one order for everybody, and after all other rows: nothing is locked behind this
    insert into public.label_proposals (workspace_id, kind, name)
    select distinct on (said.workspace_id, private.fold_tag(said.word))
        said.workspace_id,
        'tag',
        said.word
    from private.proposed_words(write_proposals.results, write_proposals.done) as said
    order by said.workspace_id, private.fold_tag(said.word), said.word collate "C"
    on conflict (workspace_id, kind, folded_name) do nothing;
    -- one that is locked stays until this commits; one that was just decided is no longer found
    with held as materialized (
        select
            label_proposals.workspace_id,
            label_proposals.id,
            label_proposals.folded_name
        from public.label_proposals
        where
            label_proposals.kind = 'tag'
            and label_proposals.state = 'open'
            and (label_proposals.workspace_id, label_proposals.folded_name) in (
                select
                    said.workspace_id,
                    private.fold_tag(said.word)
                from private.proposed_words(write_proposals.results, write_proposals.done) as said
            )
        order by label_proposals.id
        for key share
    )
    insert into public.label_proposal_uses (workspace_id, proposal_id, content_asset_id)
    select distinct
        said.workspace_id,
        held.id,
        said.content_asset_id
    from private.proposed_words(write_proposals.results, write_proposals.done) as said
    inner join held
        on said.workspace_id = held.workspace_id and private.fold_tag(said.word) = held.folded_name
    order by held.id, said.content_asset_id
    on conflict do nothing;
    -- somebody made a tag of a word while this waited to propose it
    delete from public.label_proposals
    using public.tags
    where
        label_proposals.workspace_id = tags.workspace_id
        and label_proposals.kind = 'tag'
        and label_proposals.folded_name = tags.folded_name
        and label_proposals.state = 'open'
        and label_proposals.workspace_id in (
            select jobs.workspace_id from private.jobs where jobs.id = any(write_proposals.done)
        );
end
$$;
comment on function private.write_proposals is
'Keeps the words that machines met in content and that are no tags: new ones as proposals, known ones as evidence.';
revoke execute on function private.write_proposals from public, anon, authenticated;
grant execute on function private.write_proposals to service_role;
