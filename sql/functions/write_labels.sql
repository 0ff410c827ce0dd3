create function private.write_labels(
    results jsonb,
    -- jobs to write; their rows, labels and themselves are locked
    done bigint[]
)
    returns void
    language plpgsql
    set search_path = ''
as $$
declare
    kinds text[];
    -- whether any answer holds a decision, or names a rule; a batch of vectors alone does not
    decided boolean;
    ruled boolean;
    proposed boolean;
begin
    if done is null then
        return;
    end if;
    kinds := array(select distinct jobs.kind from private.jobs where jobs.id = any(write_labels.done));
    select
        coalesce(bool_or(answer ?| array['category', 'sentiment', 'audience', 'tags']), false),
        coalesce(bool_or(answer ? 'rules'), false),
        coalesce(bool_or(answer -> 'proposals' <> '[]'), false)
    into decided, ruled, proposed
    from jsonb_array_elements(write_labels.results) as answer;
    if decided and ('categorize_content' = any(kinds) or 'categorize_campaign' = any(kinds)) then
        perform private.write_history(write_labels.results, write_labels.done);
    end if;
    if 'categorize_content' = any(kinds) then
        perform private.write_tags(write_labels.results, write_labels.done);
        perform private.write_content_labels(write_labels.results, write_labels.done);
        if ruled then
            perform private.count_rules(write_labels.results, write_labels.done);
            perform private.schedule_content(write_labels.results, write_labels.done);
        end if;
        perform private.emit_webhooks(write_labels.results, write_labels.done);
    end if;
    if 'categorize_campaign' = any(kinds) then
        perform private.write_campaign_labels(write_labels.results, write_labels.done);
    end if;
    if 'embed_category' = any(kinds) or 'embed_tag' = any(kinds) then
        perform private.write_label_vectors(write_labels.results, write_labels.done);
    end if;
    if proposed then
        perform private.write_proposals(write_labels.results, write_labels.done);
    end if;
end
$$;
comment on function private.write_labels is
'Writes accepted answers on their rows. A field whose source is human keeps its value.';
revoke execute on function private.write_labels from public, anon, authenticated;
grant execute on function private.write_labels to service_role;
