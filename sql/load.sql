-- The table of contents: every object of the database, in the order it can be created.
-- A line `-- migration: ` starts the migration that the following lines ship in; the comment under it says its purpose.

-- migration: 20260101000000_create_schemas
-- the private schema, the vector extension, and no grant that is not by name
\ir schemas.sql
\ir functions/is_blank.sql
\ir functions/fold_tag.sql
\ir functions/asset_text.sql
\ir functions/regex_separators.sql
\ir functions/search_words.sql
\ir functions/content_word.sql
\ir functions/content_words.sql
\ir functions/campaign_text.sql
\ir functions/label_text.sql
\ir functions/content_hash.sql
\ir functions/word_count.sql

-- migration: 20260101000100_create_tables
-- workspaces and everything they own, and the queue
\ir tables/workspaces.sql
\ir tables/workspace_members.sql
\ir tables/categories.sql
\ir tables/tag_groups.sql
\ir tables/tags.sql
\ir tables/campaigns.sql
\ir tables/content_assets.sql
\ir tables/content_asset_tags.sql
\ir tables/social_posts.sql
\ir tables/approvals.sql
\ir tables/automation_rules.sql
\ir tables/webhook_endpoints.sql
\ir tables/webhook_secrets.sql
\ir tables/webhook_deliveries.sql
\ir tables/categorizations.sql
\ir tables/label_proposals.sql
\ir tables/label_proposal_uses.sql
\ir tables/cache_entries.sql
\ir tables/cache_invalidations.sql
\ir tables/cache_leases.sql
\ir tables/cache_counters.sql
\ir tables/cache_signing_keys.sql
\ir tables/idempotency_keys.sql
\ir tables/jobs.sql
\ir tables/schedulings.sql
\ir tables/trained_heads.sql
\ir tables/trained_head_labels.sql
\ir tables/gate_verdicts.sql
\ir tables/invitations.sql
\ir tables/invitation_mails.sql
\ir tables/api_keys.sql
\ir tables/api_key_secrets.sql
\ir tables/api_key_log.sql
\ir tables/daily_spending.sql
\ir tables/spending.sql
\ir tables/reservations.sql
\ir tables/backfills.sql
\ir tables/model_batches.sql
\ir tables/spare_vectors.sql

-- migration: 20260101000200_create_membership
-- who may see and write what
\ir functions/acting_machine.sql
\ir functions/caller_is_service.sql
\ir functions/caller_workspace_ids.sql
\ir functions/caller_editable_workspace_ids.sql
\ir functions/caller_owned_workspace_ids.sql
\ir policies/workspaces.sql
\ir policies/workspace_members.sql
\ir policies/categories.sql
\ir policies/tag_groups.sql
\ir policies/tags.sql
\ir policies/label_proposals.sql
\ir policies/label_proposal_uses.sql
\ir policies/campaigns.sql
\ir policies/content_assets.sql
\ir policies/content_asset_tags.sql
\ir policies/social_posts.sql
\ir policies/approvals.sql
\ir policies/automation_rules.sql
\ir policies/webhook_endpoints.sql
\ir policies/webhook_deliveries.sql
\ir policies/categorizations.sql
\ir policies/cache_entries.sql
\ir policies/api_keys.sql
\ir policies/api_key_log.sql
\ir policies/daily_spending.sql
\ir policies/spending.sql
\ir policies/backfills.sql
\ir policies/model_batches.sql
\ir policies/trained_heads.sql
\ir policies/gate_verdicts.sql
\ir policies/private.sql
\ir policies/realtime.sql

-- migration: 20260101000300_create_rule_functions
-- what a rule may say, and whether it matches
\ir functions/asset_facts.sql
\ir functions/regex_word_characters.sql
\ir functions/rule_fold.sql
\ir functions/rule_search_text.sql
\ir functions/regex_refusal.sql
\ir functions/regex_escape.sql
\ir functions/regex_class.sql
\ir functions/regex_translation.sql
\ir functions/rule_number.sql
\ir functions/rule_fold_values.sql
\ir functions/rule_words.sql
\ir functions/rule_edits.sql
\ir functions/rule_is_nearly.sql
\ir functions/rule_fuzzy_holds.sql
\ir functions/rule_program.sql
\ir functions/rule_facts.sql
\ir functions/rule_holds.sql
\ir functions/rule_matches.sql
\ir functions/rule_text_error.sql
\ir functions/rule_list_error.sql
\ir functions/rule_texts_error.sql
\ir functions/rule_conditions_error.sql
\ir functions/rule_actions_error.sql
\ir functions/rule_error.sql
\ir functions/rule_renamed.sql
\ir functions/rule_own_names.sql

-- migration: 20260101000400_create_triggers
-- rows that keep themselves: workspace, sources, history, queue, counters, costs
\ir functions/tg__set_updated_at.sql
\ir functions/tg__check_embedding.sql
\ir functions/tg__fill_workspace.sql
\ir functions/find_tag.sql
\ir functions/is_label.sql
\ir functions/resolve_tags.sql
\ir functions/resolve_audience.sql
\ir functions/category_of_alias.sql
\ir functions/record_human.sql
\ir functions/category_is_corrected.sql
\ir functions/audience_is_corrected.sql
\ir functions/evict_tags.sql
\ir functions/keep_tag_groups.sql
\ir functions/link_tags.sql
\ir functions/applied_tags.sql
\ir functions/queue_job.sql
\ir functions/tg__dequeue.sql
\ir functions/tg__enqueue_label.sql
\ir functions/tg__bump_vocabulary.sql
\ir functions/tg_categories__two_levels.sql
\ir functions/tg_categories__refuse_used.sql
\ir functions/tg_tags__refuse_used.sql
\ir functions/tg_campaigns__mark_human.sql
\ir functions/tg_campaigns__record_human.sql
\ir functions/tg_campaigns__enqueue.sql
\ir functions/tg_content_assets__mark_human.sql
\ir functions/tg_content_assets__record_human.sql
\ir functions/tg_content_assets__check_golden.sql
\ir functions/tg_content_assets__requeue.sql
\ir functions/tg_content_assets__reset_posts.sql
\ir functions/tg_content_assets__enqueue.sql
\ir functions/tg_content_assets__enqueue_edited.sql
\ir functions/tg_content_assets__count_usage.sql
\ir functions/tg_content_asset_tags__count_usage.sql
\ir functions/tg_content_asset_tags__mirror.sql
\ir functions/tg_tags__rename_mirror.sql
\ir functions/tg_automation_rules__validate.sql
\ir functions/tg_automation_rules__name_tags.sql
\ir functions/rename_in_rules.sql
\ir functions/tg__rename_in_rules.sql
\ir functions/tg__stamp_approval.sql
\ir functions/tg__reset_approval.sql
\ir functions/tg__record_approval.sql
\ir functions/tg_social_posts__hold_unapproved.sql
\ir functions/sum_campaign_cost.sql
\ir functions/tg_content_assets__sum_cost.sql
\ir functions/tg_social_posts__sum_cost.sql
\ir functions/default_vocabulary.sql
\ir functions/tg_workspaces__fill_vocabulary.sql
\ir functions/tg_workspaces__check_timezone.sql
\ir functions/tg_campaigns__check_plan.sql
\ir functions/tg__remember_removed.sql
\ir functions/tg__forget_removed.sql
\ir triggers/workspaces.sql
\ir triggers/categories.sql
\ir triggers/tag_groups.sql
\ir triggers/tags.sql
\ir triggers/campaigns.sql
\ir triggers/content_assets.sql
\ir triggers/content_asset_tags.sql
\ir triggers/social_posts.sql
\ir triggers/automation_rules.sql

-- migration: 20260101000500_create_queue
-- claim, complete, fail, release, replay
\ir functions/max_failures.sql
\ir functions/mark_failed.sql
\ir functions/count_backfilled.sql
\ir functions/bury_jobs.sql
\ir functions/label_ids.sql
\ir functions/unknown_labels.sql
\ir functions/enter_vocabulary.sql
\ir functions/fail_jobs.sql
\ir functions/fix_embedding_model.sql
\ir functions/write_history.sql
\ir functions/write_tags.sql
\ir functions/count_rules.sql
\ir functions/write_content_labels.sql
\ir functions/next_slot.sql
\ir functions/schedule_content.sql
\ir functions/write_campaign_labels.sql
\ir functions/write_label_vectors.sql
\ir functions/proposed_words.sql
\ir functions/write_proposals.sql
\ir functions/write_labels.sql
\ir functions/queue_content.sql
\ir functions/queue_status.sql
\ir functions/dead_jobs.sql
\ir functions/vocabulary.sql
\ir rpc/claim_jobs.sql
\ir functions/many_confirmed.sql
\ir functions/nearest_confirmed_by_index.sql
\ir functions/nearest_confirmed_exactly.sql
\ir functions/content_neighbors.sql
\ir functions/campaign_neighbors.sql
\ir rpc/categorization_context.sql
\ir rpc/complete_jobs.sql
\ir functions/embedding_targets.sql
\ir rpc/pending_embeddings.sql
\ir rpc/write_embeddings.sql
\ir rpc/release_jobs.sql
\ir rpc/replay_jobs.sql
\ir rpc/queue_content.sql
\ir rpc/queue_status.sql
\ir rpc/dead_jobs.sql

-- migration: 20260101000550_create_editing
-- what programs do to a workspace, one call each: add, explain, correct, learn
\ir functions/find_category.sql
\ir functions/confirm_labels.sql
\ir functions/hold_tags.sql
\ir functions/confirm_tags.sql
\ir functions/write_content.sql
\ir functions/find_target.sql
\ir functions/label_job.sql
\ir rpc/import_content.sql
\ir rpc/import_campaigns.sql
\ir rpc/explain_labels.sql
\ir rpc/record_feedback.sql
\ir functions/set_approval.sql
\ir rpc/approve.sql
\ir rpc/reject.sql
\ir rpc/require_approval.sql
\ir rpc/add_categories.sql
\ir rpc/add_tags.sql
\ir rpc/confirmed_count.sql
\ir rpc/confirmed_content.sql
\ir rpc/activate_head.sql
\ir rpc/save_head.sql
\ir rpc/head_predictions.sql
\ir rpc/golden_content.sql
\ir rpc/set_golden.sql
\ir rpc/review_rows.sql

-- migration: 20260101000600_create_search
-- find content, campaigns, categories and tags by meaning
\ir functions/check_query_embedding.sql
\ir functions/begin_vector_walk.sql
\ir functions/few_content.sql
\ir functions/search_content_exactly.sql
\ir functions/rank_content.sql
\ir functions/near_content.sql
\ir functions/few_campaigns.sql
\ir functions/search_campaigns_exactly.sql
\ir rpc/semantic_search_content.sql
\ir rpc/search_content.sql
\ir rpc/semantic_search_campaigns.sql
\ir rpc/match_categories.sql
\ir rpc/match_tags.sql
\ir rpc/preview_rule.sql

-- migration: 20260101000700_create_webhooks
-- endpoints, what they are told, and how that goes
\ir functions/webhook_url_error.sql
\ir functions/tg_webhook_endpoints__validate.sql
\ir functions/new_webhook_secret.sql
\ir functions/tg_webhook_endpoints__add_secret.sql
\ir functions/tg_webhook_endpoints__refuse_used.sql
\ir triggers/webhook_endpoints.sql
\ir functions/webhook_content.sql
\ir functions/webhook_message.sql
\ir functions/emit_webhooks.sql
\ir functions/webhook_tries.sql
\ir functions/webhook_delay.sql
\ir functions/webhook_pause.sql
\ir functions/write_deliveries.sql
\ir functions/judge_endpoints.sql
\ir rpc/claim_deliveries.sql
\ir rpc/complete_deliveries.sql
\ir functions/rotate_webhook_secret.sql
\ir rpc/rotate_webhook_secret.sql
\ir rpc/add_webhook.sql
\ir functions/test_webhook.sql
\ir rpc/test_webhook.sql
\ir functions/replay_deliveries.sql
\ir rpc/replay_deliveries.sql
\ir rpc/list_deliveries.sql

-- migration: 20260101000750_create_pokes
-- edge functions are woken by pg_net and pg_cron where those exist
\ir sequences.sql
\ir functions/poke.sql
\ir functions/tg__poke.sql
\ir functions/sweep.sql
\ir functions/schedule_sweep.sql
\ir triggers/jobs.sql
\ir triggers/webhook_deliveries.sql
\ir extensions.sql

-- migration: 20260101000800_create_invitations
-- who joins, who leaves, and a workspace for everybody who signs up
\ir functions/add_workspace.sql
\ir functions/create_workspace.sql
\ir functions/tg_users__create_workspace.sql
\ir functions/tg_workspace_members__keep_owner.sql
\ir functions/check_owner.sql
\ir functions/invitation_token.sql
\ir functions/max_invitation_mails.sql
\ir functions/invite_member.sql
\ir functions/accept_invitation.sql
\ir functions/revoke_invitation.sql
\ir functions/list_invitations.sql
\ir functions/list_members.sql
\ir functions/remove_member.sql
\ir rpc/create_workspace.sql
\ir rpc/invite_member.sql
\ir rpc/accept_invitation.sql
\ir rpc/revoke_invitation.sql
\ir rpc/list_invitations.sql
\ir rpc/list_members.sql
\ir rpc/remove_member.sql
\ir rpc/claim_invitations.sql
\ir rpc/complete_invitation.sql
\ir triggers/users.sql
\ir triggers/workspace_members.sql

-- migration: 20260101000850_create_storage
-- the bucket for the files of content, and who may read and write there
\ir functions/media_workspace_id.sql
\ir functions/media_asset_id.sql
\ir functions/media_is_writable.sql
\ir functions/media_folder_of.sql
\ir storage/media.sql
\ir rpc/orphaned_media.sql

-- migration: 20260101000900_create_views
-- what people look at: what waits for them, why a label stands, how categories and campaigns are used
\ir functions/dead_job_error.sql
\ir views/review_queue.sql
\ir views/corrections.sql
\ir views/content_labels.sql
\ir rpc/judged_content.sql
\ir rpc/rule_results.sql
\ir views/approval_queue.sql
\ir views/approved_posts.sql
\ir views/category_usage.sql
\ir views/campaign_overview.sql
\ir views/label_accuracy.sql
\ir views/label_confusion.sql
\ir views/label_calibration.sql
\ir views/audit_queue.sql
\ir functions/sample_audit.sql
\ir rpc/sample_audit.sql
\ir rpc/measured_labels.sql

-- migration: 20260101000950_create_operations
-- what is asked of many rows at once: a whole workspace, a deployment, how labeling and posts went
\ir functions/answer_or_null.sql
\ir functions/deployed_grants.sql
\ir functions/deployed_state.sql
\ir rpc/deployment_status.sql
\ir rpc/probe_rows.sql
\ir rpc/delivery_status.sql
\ir rpc/export_rows.sql
\ir rpc/workspace_media.sql
\ir rpc/content_statistics.sql
\ir rpc/post_statistics.sql

-- migration: 20260101001000_create_cache
-- the slowest tier of the cache, and what all processes with a cache agree about
\ir functions/cache_signing_key.sql
\ir rpc/read_cache.sql
\ir rpc/write_cache.sql
\ir rpc/lease_cache.sql
\ir rpc/release_cache.sql
\ir rpc/invalidate_cache.sql
\ir rpc/cache_state.sql
\ir rpc/purge_cache.sql
\ir rpc/count_cache.sql
\ir views/cache_statistics.sql

-- migration: 20260101001050_create_requests
-- requests that are done once, however often they are sent
\ir functions/begin_request.sql
\ir functions/finish_request.sql
\ir rpc/begin_request.sql
\ir rpc/finish_request.sql

-- migration: 20260101001100_create_api_keys
-- keys of programs: made and revoked by owners, looked up and logged by the API
\ir functions/api_scopes.sql
\ir functions/create_api_key.sql
\ir functions/revoke_api_key.sql
\ir rpc/create_api_key.sql
\ir rpc/revoke_api_key.sql
\ir rpc/find_api_key.sql
\ir rpc/log_api_requests.sql

-- migration: 20260101001150_create_budget
-- what models may cost and did: reserved before they are asked, settled when they answered
\ir functions/settle_reservations.sql
\ir functions/enough_golden.sql
\ir functions/gate_standing.sql
\ir functions/set_daily_budget.sql
\ir rpc/reserve_spend.sql
\ir rpc/settle_spend.sql
\ir rpc/record_verdict.sql
\ir rpc/set_daily_budget.sql
\ir views/offline_decisions.sql
\ir views/campaign_costs.sql

-- migration: 20260101001200_create_curation
-- a vocabulary that stays clean: labels merged, in groups, proposed, remembered when removed
\ir functions/check_editor.sql
\ir functions/close_vocabulary.sql
\ir functions/joined_aliases.sql
\ir functions/merge_tags.sql
\ir functions/merge_categories.sql
\ir rpc/merge_tags.sql
\ir rpc/merge_categories.sql
\ir functions/promote_proposal.sql
\ir functions/refuse_proposal.sql
\ir rpc/list_proposals.sql
\ir rpc/promote_proposal.sql
\ir rpc/refuse_proposal.sql
\ir rpc/promote_due.sql
\ir rpc/suggest_merges.sql
\ir rpc/mark_distinct.sql
\ir rpc/refresh_related_tags.sql
\ir rpc/save_tag_group.sql
\ir rpc/remove_tag_group.sql
\ir views/tag_group_gaps.sql

-- migration: 20260101001300_create_backfills
-- rows that are there already: labeled again, or given vectors by another model, piece by piece
\ir functions/is_outdated.sql
\ir functions/backfill_window.sql
\ir functions/backfill_rows.sql
\ir functions/texts_after.sql
\ir functions/requeue_strangers.sql
\ir rpc/start_backfill.sql
\ir rpc/preview_backfill.sql
\ir rpc/claim_backfill.sql
\ir rpc/report_backfill.sql
\ir rpc/stop_backfill.sql
\ir rpc/claim_vectors.sql
\ir rpc/write_vectors.sql
\ir rpc/switch_vectors.sql
