create function private.rule_own_names(
    workspace_id uuid,
    -- conditions or actions that may be saved, or what is below one of their keys
    part jsonb,
    -- category or tag, where the part is below a key that names some
    kind text default null
)
    returns jsonb
    language plpgsql
    stable
    parallel safe
    set search_path = ''
as $$
declare
    word constant text := case when jsonb_typeof(part) = 'string' then part #>> '{}' end;
    own_name text;
begin
    case jsonb_typeof(part)
        when 'object' then
            return (
                select
                    coalesce(
                        jsonb_object_agg(
                            key,
                            private.rule_own_names(
                                rule_own_names.workspace_id,
                                value,
                                case
                                    when key in ('category', 'add_category') then 'category'
                                    when
                                        key in ('tag', 'target_audience', 'add_tags', 'remove_tags', 'set_audience')
                                        then 'tag'
                                end
                            )
                        ),
                        part
                    )
                from jsonb_each(part)
            );
        when 'array' then
            return (
                select
                    coalesce(
                        jsonb_agg(
                            private.rule_own_names(rule_own_names.workspace_id, value, rule_own_names.kind)
                            order by place
                        ),
                        part
                    )
                from jsonb_array_elements(part) with ordinality as listed (value, place)
            );
        else
            null;
    end case;
    if rule_own_names.kind = 'category' and word is not null then
        return to_jsonb(private.find_category(rule_own_names.workspace_id, word));
    elsif rule_own_names.kind = 'tag' and word is not null then
        own_name := private.find_tag(rule_own_names.workspace_id, private.fold_tag(btrim(word)));
        -- another spelling of its own name is as good
        if private.fold_tag(own_name) <> private.fold_tag(btrim(word)) then
            return to_jsonb(own_name);
        end if;
    end if;
    return part;
end
$$;
comment on function private.rule_own_names is
'Part of a rule that calls labels by their own names where it called them by another one, such as that of one merged.';
revoke execute on function private.rule_own_names from public, anon;
grant execute on function private.rule_own_names to authenticated, service_role;
