"""Write docs/conformance.md: what of GS CIM 009 v1.8.1 stands, which test shows it, and where we deviate.

    python scripts/conformance.py [--check]

A row names tests as ``file::function``; one that is no more stops the script, so that the page cannot claim
what nothing shows. ``--check`` writes nothing and fails where the page is out of date.
"""

# ruff: noqa: E501, ISC004 - a row of the table reads best with its words together

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "conformance.md"
CITY = "tests/integration/city/"
WRITE, READ, ENTITIES = (
    CITY + f"test_{name}.py" for name in ("ngsild_write", "read_ngsild", "read_entities")
)
CONTEXTS, SUMS, CHOICE = (CITY + f"test_{name}.py" for name in ("contexts", "aggregates", "choosing"))
LINKS = CITY + "test_linking.py"
WRITING, KINDS = CITY + "test_1_1_writing.py", CITY + "test_1_1_contexts.py"
READING, SUBSCRIPTIONS = CITY + "test_1_2_reading.py", CITY + "test_1_2_subscriptions.py"
BEHAVIOUR, MOVED = CITY + "test_1_3_behaviour.py", CITY + "test_core_migration.py"
SUBSCRIBED, MQTT = CITY + "test_subscriptions.py", CITY + "test_subscriptions_mqtt.py"
OUTAGES, CORE = "tests/faults/city/test_subscriptions.py", "tests/unit/city/test_core_terms.py"
HOSTILE = CITY + "test_hostile.py"
TEMPORAL_WRITE, TEMPORAL_READ, TEMPORAL_TIERS = (
    CITY + f"test_temporal_{name}.py" for name in ("write", "read", "tiers")
)
CLIENTS = "tests/acceptance/clients/test_clients.py"
REGISTERED, ACTS = CITY + "test_registrations.py", CITY + "test_actuation.py"
AGENT, FLOWS = (f"tests/acceptance/clients/test_{name}.py" for name in ("iotagent", "nodered"))

# Clause, requirement, (file, functions) that test it, deviation and why. † is new in v1.9.1.
Row = tuple[str, str, tuple[tuple[str, str], ...], str]

RESOURCES: tuple[Row, ...] = (
    ("6.4 to 6.34", "Every resource and method in both forms of its path, without a redirect; 405 with Allow",
     ((BEHAVIOUR, "test_1_1_every_row_answers_with_its_status_in_both_forms_of_its_path "
       "test_1_1_other_verbs_are_405_with_allow"),), "OPTIONS is answered with 405 and Allow"),
    ("5.6.1, 6.4.3.1", "Create an entity: 201, Location, empty body; 409",
     ((WRITE, "test_create_answers_with_an_empty_body_and_an_encoded_location"),), ""),
    ("5.6.17", "Merge an entity (PATCH): into values and sub-attributes; format, lang, observedAt",
     ((WRITE, "test_merge_changes_only_what_it_names"),
      (WRITING, "test_1_1_merge_goes_into_values_and_sub_attributes "
       "test_1_1_merge_of_a_simplified_fragment_keeps_the_kinds "
       "test_1_1_merge_with_observed_at_and_lang_in_the_query")), ""),
    ("5.6.18", "Replace an entity (PUT)", ((WRITE, "test_put_replaces_all"),), ""),
    ("5.6.6", "Delete an entity", ((WRITE, "test_delete_keeps_the_history"),),
     "its history stays in temporal answers until it is deleted there"),
    ("5.6.21 †", "Purge: DELETE /entities by a question, keep and drop",
     ((WRITING, "test_1_1_purge_deletes_what_a_question_selects test_1_1_purge_drops_or_keeps_attributes "
       "test_1_1_a_purge_that_is_too_wide_is_refused test_1_1_a_purge_touches_nothing_of_another_agency"),),
     "at most 20,000 entities a request, else 403: a slip must not empty a province"),
    ("5.6.2, 5.6.3", "Update and append attributes; noOverwrite; 207 with what was not updated",
     ((WRITE, "test_append_adds_and_overwrites_or_keeps test_patch_of_attributes_updates_what_exists"),
      (WRITING, "test_1_1_patch_of_attributes_replaces_each_of_them_whole")), ""),
    ("5.6.4, 5.6.5, 5.6.19", "Partial update, replacement and deletion of one attribute; datasetId, deleteAll",
     ((WRITE, "test_one_attribute_is_patched_replaced_and_deleted"),
      (WRITING, "test_1_1_patch_of_an_attribute_replaces_members_and_keeps_the_others")), ""),
    ("TS 104 176, 7.6.3 †", "…/attrs/{attr}/value: read and set the value alone",
     ((WRITING, "test_1_1_the_value_of_an_attribute_is_read_and_set"),), ""),
    ("5.6, 5.7.1", "type as a parameter of what concerns one entity: another type is 404",
     ((WRITING, "test_1_1_type_narrows_every_method_on_one_entity"),
      (READING, "test_1_1_type_narrows_a_single_entity")), ""),
    ("5.6.7 to 5.6.10, 5.6.20", "Batches create, upsert, update, merge, delete: 201, 204, 207",
     ((WRITE, "test_batches_answer_as_clients_expect test_an_upsert_that_replaces_drops_what_is_not_sent "
              "test_one_bad_entity_does_not_hide_the_good_ones"),
      (BEHAVIOUR, "test_1_3_04_a_batch_in_which_everything_failed_is_207"),
      (HOSTILE, "test_what_is_no_json_costs_only_its_entity")),
     "an element that is no JSON fails alone; the standard has no such case"),
    ("5.7.1, 5.7.2", "Retrieve and query entities, by GET and by POST entityOperations/query",
     ((READ, "test_forms test_attrs_pick_omit test_query_in_a_body"),
      (READING, "test_1_1_a_query_body_that_is_none_is_refused")),
     "id alone is enough of a question, by GET too: clients ask so"),
    ("5.7.5 to 5.7.10", "Types and attributes; details", ((READ, "test_types_and_attributes"),), ""),
    ("5.6.11", "Create or update the temporal evolution of an entity: 201, 204",
     ((TEMPORAL_WRITE, "test_1_1_temporal_entities_post_creates_201_and_appends_204 "
       "test_1_1_temporal_entities_post_repeated_adds_nothing test_deletions_are_legal_temporal_input "
       "test_the_simplified_form_can_be_written_back test_what_is_no_evolution_is_refused"),),
     "an instance that is there already at its time is not stored twice; a time of observation over a day ahead is refused, "
     "but in the conformance profile; at most 10,000 instances a request"),
    ("5.6.12", "Add attribute instances", ((TEMPORAL_WRITE,
     "test_1_1_temporal_attrs_post_appends_without_moving_newer_state"),),
     "the newest instance makes the present state; to an entity that was deleted nothing is added before it is created anew"),
    ("5.6.13", "Delete an attribute from history; datasetId, deleteAll",
     ((TEMPORAL_WRITE, "test_1_1_temporal_attr_delete_by_dataset_and_all"),), "the present state stays as it is"),
    ("5.6.14, 5.6.15", "Modify and delete one attribute instance",
     ((TEMPORAL_WRITE, "test_1_1_temporal_attrs_instance_patch test_1_1_temporal_attrs_instance_delete"),
      (TEMPORAL_TIERS, "test_history_is_corrected_in_every_tier")),
     "without observedAt an instance stays where it is in time"),
    ("5.6.16", "Delete the temporal evolution of an entity",
     ((TEMPORAL_WRITE, "test_1_1_temporal_entities_delete_forgets_all "
       "test_1_1_temporal_entities_delete_leaves_the_present_state_of_what_lives"),),
     "an entity that only temporal writes made goes with it"),
    ("4.5.6 to 4.5.9", "Temporal representation, scope and simplified form; instanceId",
     ((TEMPORAL_READ, "test_1_2_temporal_values_of_every_kind test_1_2_scope_over_time test_1_2_sys_attrs_and_stable_names "
       "test_1_2_pick_omit_attrs"),),
     "createdAt of an instance is known to the second; of several datasetIds the simplified form has an object for each"),
    ("4.8, 4.11", "timerel, timeproperty; deleted attributes and entities",
     ((TEMPORAL_READ, "test_1_2_timerel"),
      (TEMPORAL_WRITE, "test_1_2_timeproperty_deleted_at test_1_2_deleted_entities_stay_in_temporal_answers")),
     "attributes that PUT on an entity dropped are not told as deleted"),
    ("5.7.3, 5.7.4", "Temporal evolutions of one and of many: conditions on the instances in the span, paging, lastN",
     ((TEMPORAL_READ, "test_1_2_q_asks_the_instances_in_the_span test_1_2_geometry_and_what_stands_still "
       "test_1_2_pages_and_counts_of_conditions test_1_2_last_n_counts_for_each_attribute "
       "test_the_body_of_a_query_says_the_same test_1_2_wrong_combinations_are_refused"),
      (READ, "test_history_of_one test_history_of_many")),
     "what is never observed (an address, a fixed place) holds throughout the span; scopeQ selects entities, not instances"),
    ("6.3.10", "Temporal paging: 206 and Content-Range in both directions",
     ((TEMPORAL_READ, "test_1_2_forty_instances_are_cut_to_one_range test_1_2_twenty_instances_come_whole "
       "test_1_2_a_cut_answer_has_the_same_range_for_every_entity test_1_2_what_lies_beyond_the_cut_is_shown_empty"),
      (READ, "test_a_cut_history_says_so")),
     "the unit is date-time, as the suite has it; the first instant comes whole however much it holds"),
    ("4.5.19", "aggrMethods, aggrPeriodDuration",
     ((SUMS, "test_every_method_over_days test_text_is_counted_and_ordered_not_summed test_1_2_aggr_period_duration "
             "test_1_2_aggr_months_are_counted_from_the_start_of_the_question test_1_2_aggr_methods_on_every_kind_of_value "
             "test_1_2_aggr_periods_begin_with_the_first_instance_where_nothing_else_is_said test_without_a_period_all_is_one"),),
     "of times of day no average is made"),
    ("5.8.1 to 5.8.5", "Subscriptions: create, list, retrieve, change, delete; 409, 404",
     ((SUBSCRIBED, "test_what_was_written_is_read_again test_what_is_wrong_is_refused_by_name "
       "test_the_other_exact_errors test_a_change_of_the_wrong_form_is_refused_and_changes_nothing "
       "test_subscriptions_of_another_agency_are_not_there"),), ""),
    ("5.13", "Contexts: add, list by kind with details, serve, reload, delete; use counters",
     ((CONTEXTS, "test_a_hosted_context_is_listed_served_used_and_deleted test_a_broken_context_is_not_hosted "
                 "test_a_download_is_checked_before_it_is_kept"),
      (KINDS, "test_1_1_contexts_are_listed_by_kind_with_their_details test_1_1_contexts_count_how_often_they_were_used "
       "test_1_1_a_downloaded_context_is_not_served_but_told_of_and_reloaded "
       "test_1_1_reload_keeps_what_is_held_where_the_new_document_is_broken test_1_1_a_download_is_fetched_again_after_a_week "
       "test_1_1_only_downloads_are_reloaded_and_the_core_stays test_1_1_the_core_context_is_served_without_a_network "
       "test_1_1_a_context_that_is_none_is_refused")),
     "nothing is downloaded unless the operator lists the host; uses are written down when somebody looks at the "
     "contexts, for a telemetry request writes no counter: a crash loses those not yet looked at"),
    ("5.5.10, 5.13", "Implicitly created contexts: a subscription's several contexts get one address",
     ((KINDS, "test_1_1_a_subscription_gives_its_contexts_one_address"),),
     "for subscriptions only: every other answer either names the asker's own address or carries the context"),
    ("5.9", "Context source registrations: create, update, delete; conflicts 409",
     ((REGISTERED, "test_1_1_csource_registrations_post_201_with_location_and_an_empty_body "
                   "test_1_1_csource_registrations_patch_204 test_1_1_csource_registrations_delete_204 "
                   "test_1_1_csource_registrations_meaningless_ones_are_400 "
                   "test_exclusive_registrations_do_not_overlap_409 test_what_has_expired_holds_nothing"),),
     "a value that is here already is no conflict: the device's reports are kept; expired ones stay listed until "
     "they are deleted"),
    ("5.10", "Retrieve and query registrations",
     ((REGISTERED, "test_1_1_csource_registrations_get_what_was_sent test_1_1_csource_registrations_query"),),
     "no csf, no q; a list without a filter is answered; information is shown whole; registrations with an interval "
     "are also found without a temporal question"),
    ("4.3.6, 5.6", "Exclusive registrations: changes go to their source, once; 207, 409, 502, 504, 508",
     ((ACTS, "test_1_1_patch_of_one_attribute_goes_to_its_source "
             "test_1_1_each_row_that_changes_attributes_is_forwarded "
             "test_1_1_batch_update_and_merge_divide_each_entity test_loops_end_with_508 "
             "test_a_part_that_failed_stands_in_the_207_with_its_reason "
             "test_no_answer_is_504_and_is_never_sent_again test_a_failed_source_is_left_alone_for_its_cooldown"),),
     "of changes to attributes only; reads, creation, upsert, replacement and deletion are not forwarded; inclusive, "
     "redirecting and auxiliary registrations are kept, not acted upon; updateEntity and updateAttrs are read either "
     "way for PATCH of attributes; the entity's type is not compared again"),
    ("6.33", "GET /version, GET /info/sourceIdentity",
     ((WRITING, "test_1_1_source_identity_tells_who_answers"),), "/actuator is 404: no such thing in the standard"),
    ("5.11, 5.14 to 5.16 †", "Context source subscriptions, entity maps, snapshots", (),
     "second step (federation): 404 today"),
)  # fmt: skip

MODEL: tuple[Row, ...] = (
    ("4.5.2 to 4.5.4, 4.5.16 to 4.5.24", "Every kind of attribute (Property, Relationship, GeoProperty, LanguageProperty, "
     "VocabProperty, JsonProperty, ListProperty, ListRelationship) normalized, concise, simplified, GeoJSON",
     ((READING, "test_1_2_every_kind_of_attribute_in_every_representation"),
      (WRITING, "test_1_2_a_language_map_holds_texts")), ""),
    ("4.5, 5.7.1", "What is read back equals what was sent; times in UTC",
     ((WRITE, "test_what_is_read_back_equals_what_was_sent test_times_come_back_in_utc_without_zero_fractions"),
      (READ, "test_read_back_equals_what_was_sent"),
      (BEHAVIOUR, "test_1_3_05_what_is_read_is_what_was_sent")), ""),
    ("4.8", "sysAttrs: createdAt, modifiedAt of entities, attributes and sub-attributes",
     ((READING, "test_1_2_sys_attrs_of_entities_attributes_and_sub_attributes"),),
     "sub-attributes and the instances of one attribute share its times; modifiedAt of what is observed is the log row's, "
     "and in days that are packed the time of observation: telemetry stores nothing for it"),
    ("4.8, 4.22 †", "deletedAt; expiresAt of entities and attributes",
     ((WRITING, "test_1_2_an_entity_says_when_it_ends_among_its_system_attributes"),
      (SUBSCRIPTIONS, "test_1_2_sys_attrs_stand_on_entities_and_attributes"),
      (TEMPORAL_WRITE, "test_1_2_deleted_entities_stay_in_temporal_answers")),
     "expiresAt is kept and shown, and can be asked by q; what has expired is not removed by itself, which the standard "
     "leaves open: a purge with q=expiresAt<… removes it"),
    ("4.5.5", "datasetId: some instances of an attribute",
     ((CHOICE, "test_datasets_are_told_apart"), (WRITING, "test_1_3_08_null_deletes_one_instance_or_a_member")), ""),
    ("4.7", "GeoProperty: every geometry; what is none is refused",
     ((WRITING, "test_1_2_a_geometry_that_is_none_is_refused test_1_3_10_a_polygon_that_crosses_itself_is_taken"),), ""),
    ("4.16, 4.17", "Types: several of an entity; selection , | ; ( ); *; ids and patterns",
     ((ENTITIES, "test_types_ids_patterns_attributes test_a_faulty_pattern_is_a_problem"),
      (READING, "test_1_2_type_star_is_every_type test_1_1_ids_take_precedence_over_a_pattern")), ""),
    ("4.18, 4.19", "scope; scopeQ with +, #, ; , ( )", ((READING, "test_1_2_scope_q"),), ""),
    ("4.21", "attrs, pick, omit, into linked entities too",
     ((READING, "test_1_2_pick_and_omit_name_members test_1_2_pick_looks_into_linked_entities "
       "test_1_2_omit_takes_from_linked_entities_only_what_it_names_there test_1_2_a_projection_that_is_none_is_refused"),), ""),
    ("4.9", "The query language q: every form; through linked entities a{b}, a{Type:b}",
     ((ENTITIES, "test_q_over_stations test_q_over_every_form"),
      (READING, "test_1_2_q_by_kind_and_through_links test_1_2_q_through_links_sees_only_what_the_asker_sees")),
     "a{Type.b} is read as a{Type:b}"),
    ("4.10", "Geographic questions: every georel over every geometry",
     ((ENTITIES, "test_geo test_disjoint_counts_the_rest"),
      (BEHAVIOUR, "test_1_2_every_georel_over_every_geometry test_1_2_a_geographic_question_that_is_none_is_refused")),
     "any instance may fit; of location only the default instance is looked at, by its index"),
    ("4.15", "lang: one language of a LanguageProperty",
     ((CHOICE, "test_a_language_property_becomes_a_property_in_one_language"),
      (READING, "test_1_2_lang_matches_shorter_and_longer_tags")), ""),
    ("6.3.7", "options and format; format takes precedence",
     ((READING, "test_1_2_format_takes_precedence_over_options"),), ""),
    ("5.5.9, 6.3.10, 6.3.13", "Paging: Link next and prev; an exact count, with limit=0 too",
     ((READ, "test_pages_counts_links"), (ENTITIES, "test_paging_counts_exactly"),
      (READING, "test_1_2_links_lead_through_all_pages_and_back "
       "test_1_2_a_page_begins_behind_the_last_id_not_behind_so_many_rows"),
      (BEHAVIOUR, "test_1_3_02_counts_are_exact_and_limits_never_cut_in_silence")),
     "the addresses in Link say behind which id a page begins (pageAfter, pageBefore) beside offset, which alone would "
     "cost the rows before it"),
    ("4.5.23", "Linked entities: join inline and flat, joinLevel, containedBy; Relationships and ListRelationships",
     ((LINKS, "test_inline_follows_links_as_deep_as_asked_and_ends_circles test_flat_puts_them_behind"),
      (READING, "test_1_2_join_follows_list_relationships_and_several_objects "
       "test_1_2_join_goes_with_a_query_in_a_body test_1_2_join_flat_as_geojson_is_one_collection")),
     "at most five levels and 500 linked entities an answer"),
    ("4.5.16, 6.3.6", "GeoJSON: geometryProperty; @context in the body unless Prefer: body=json",
     ((READING, "test_1_2_geojson_has_its_context_in_the_body_unless_json_is_preferred "
       "test_1_2_geometry_property_goes_only_with_geojson"),), ""),
    ("4.5.20, 4.9", "VocabProperty: a term means its IRI; jsonKeys, expandValues †",
     ((READING, "test_1_2_vocab_is_stored_as_iri_and_said_in_the_askers_words test_1_2_expand_values_means_terms"),), ""),
    ("4.23 †", "orderBy, collation, orderFrom, orderGeometry",
     ((READING, "test_1_2_order_by test_1_2_order_by_in_a_body test_1_2_an_order_that_is_none_is_refused"),),
     "one order of text whatever the collation; at most 50,000 entities are ordered, else 403"),
    ("4.20, 5.5.13", "local, localOnly, csf, splitEntities †",
     ((BEHAVIOUR, "test_1_3_06_parameters_have_their_exact_errors"),),
     "local is taken and changes nothing, for questions are not federated; the others are unknown parameters until the second step"),
)  # fmt: skip

NOTIFYING: tuple[Row, ...] = (
    ("5.2.12", "entities, watchedAttributes, q, geoQ, scopeQ, lang, isActive, expiresAt, throttling, timeInterval, "
     "datasetId, jsonldContext: each kept, read again and, where wrong, named",
     ((SUBSCRIPTIONS, "test_1_2_every_member_is_kept_and_read_again test_1_2_members_that_are_wrong_are_named"),),
     "temporalQ and csf are refused (second step); splitEntities too"),
    ("5.8.6", "entities: id, idPattern, type; watchedAttributes; q, geoQ, scopeQ",
     ((SUBSCRIBED, "test_watched_attributes_geo_scope_and_pattern"), (SUBSCRIPTIONS, "test_1_2_geo_q_looks_at_every_instance")),
     "conditions are asked of the entity as it was at the change, not at sending"),
    ("5.2.12, 5.8.6", "notificationTrigger (entity, attribute × Created, Updated, Deleted) in every format",
     ((SUBSCRIBED, "test_trigger test_form"), (SUBSCRIPTIONS, "test_1_2_notification_trigger_in_every_format")), ""),
    ("4.5.0, 5.8.6", "What is gone is told as urn:ngsi-ld:null; showChanges: previous values of every kind",
     ((SUBSCRIBED, "test_show_changes_and_system_attributes"),
      (SUBSCRIPTIONS, "test_1_2_show_changes_of_every_kind test_1_3_08_a_deleted_instance_is_told_beside_the_others "
       "test_1_3_08_an_attribute_that_goes_with_its_entity_is_told")), ""),
    ("5.2.14", "sysAttrs, deletedAt", ((SUBSCRIPTIONS, "test_1_2_sys_attrs_stand_on_entities_and_attributes"),),
     "modifiedAt of what is observed and did not change here is its time of observation"),
    ("5.2.14", "attributes, pick, omit, format, join, joinLevel",
     ((SUBSCRIPTIONS, "test_1_2_join_brings_linked_entities_along test_1_2_join_shows_only_what_the_owner_may_see "
       "test_1_2_join_goes_with_intervals_and_throttling"),),
     "linked entities are told as they are when the change is matched"),
    ("5.2.12", "lang, datasetId; jsonKeys, expandValues †; Prefer of an earlier version (ngsildConformance)",
     ((SUBSCRIPTIONS, "test_1_2_lang_expand_values_and_an_earlier_version "
       "test_1_2_vocab_is_told_in_the_words_of_the_notification"), (SUBSCRIBED, "test_several_instances_by_dataset")), ""),
    ("5.2.12", "throttling", ((SUBSCRIBED, "test_throttling_keeps_the_last_value_and_sends_it_at_the_end"),),
     "the last value of each entity is sent at the end of the window, not dropped"),
    ("5.2.12", "timeInterval", ((SUBSCRIBED, "test_an_interval_tells_of_everything_again_and_again"),),
     "intervals in which the server was off are not made up for"),
    ("5.2.12", "status active, paused, expired; isActive; counters and times of tries",
     ((SUBSCRIBED, "test_paused_expired_changed_and_deleted"),), "what changes during a pause is not told afterwards"),
    ("5.2.15, 6.3.9", "endpoint: uri, accept, receiverInfo, notifierInfo, timeout, cooldown",
     ((SUBSCRIBED, "test_media_types_and_headers"), (SUBSCRIPTIONS, "test_1_2_a_notification_has_its_members"),
      (OUTAGES, "test_a_failing_endpoint_gets_it_again_under_the_same_id_and_in_order "
       "test_a_hanging_endpoint_slows_no_other test_dead_letters_are_seen_with_their_reason_and_replayed")),
     "public addresses only, and those the operator lists; a failed notification is tried again, the standard has no such rule"),
    ("7.2", "mqtt and mqtts endpoints: MQTT-Version, MQTT-QoS",
     ((MQTT, "test_versions_and_qualities test_a_broker_that_was_away_gets_everything_in_order"),), ""),
    ("5.3.1", "A notification: id, type, subscriptionId, notifiedAt, data; GeoJSON collections",
     ((SUBSCRIPTIONS, "test_1_2_a_notification_has_its_members"), (SUBSCRIBED, "test_media_types_and_headers")), ""),
    ("5.5.7", "jsonldContext: names in the subscriber's and the asker's words",
     ((SUBSCRIBED, "test_names_are_read_and_written_in_the_contexts_of_subscription_and_asker"),
      (KINDS, "test_1_1_a_subscription_gives_its_contexts_one_address")), ""),
)  # fmt: skip

BINDING: tuple[Row, ...] = (
    ("6.3.4", "Content-Type json, ld+json, merge-patch+json: 415 with Accept-Patch; 411, 413",
     ((BEHAVIOUR, "test_1_2_bodies_of_other_media_and_sizes_are_refused test_1_3_01_a_body_needs_a_content_length"),),
     "411, 413 and 415 have a problem document too"),
    ("6.3.6", "Accept with weights: json, ld+json, geo+json; 406",
     ((READING, "test_1_2_accept_with_weights test_1_2_nothing_acceptable_is_406_and_names_what_there_is"),), ""),
    ("6.3.5", "Contexts by Link or in the body, not both, not neither form in the other's media type",
     ((READ, "test_media_tenant_and_context"),
      (KINDS, "test_1_3_07_ld_json_and_link_and_json_and_context_exclude_each_other "
       "test_1_2_an_answer_names_the_one_address_beside_the_core")),
     "an answer in application/json to an embedded context has no Link, as definitions have no address"),
    ("4.4, 5.5.7", "The core context: every term as published, all its addresses, core terms win",
     ((CORE, "test_1_4_core_terms_mean_what_the_standard_says test_1_4_core_terms_win_over_every_other_context "
       "test_1_4_the_document_that_is_served_defines_every_term_that_is_compiled_in "
       "test_1_4_all_published_addresses_mean_it test_1_4_an_unknown_path_on_the_same_host_is_no_core_context"),
      (MOVED, "test_1_4_names_of_before_get_the_meanings_of_the_official_context"),
      (WRITE, "test_core_contexts_of_all_versions_are_known"), (CONTEXTS, "test_core_terms_win")), ""),
    ("5.5.7", "Other contexts: hosted, downloaded, embedded; LdContextNotAvailable 503 or 504 †",
     ((CONTEXTS, "test_an_embedded_context_names_attributes test_one_batch_may_mix_contexts "
                 "test_1_3_9_a_context_that_cannot_be_had_answers_503"),
      (KINDS, "test_1_3_09_the_status_of_a_context_that_cannot_be_had_is_a_setting")),
     "scoped contexts and coercions inside a context are not looked at: values are the sender's own"),
    ("6.3.18", "Prefer: ngsi-ld=1.x (203 where something is left out), body=json; Preference-Applied",
     ((READING, "test_1_2_an_earlier_version_gets_what_it_knows "
       "test_1_2_geojson_has_its_context_in_the_body_unless_json_is_preferred"),), ""),
    ("5.5.10, 6.3.14", "Tenants: NGSILD-Tenant, echoed; NonexistentTenant; foreign headers are ignored",
     ((WRITE, "test_tenants_are_apart_and_made_only_by_who_may"),
      (BEHAVIOUR, "test_1_3_11_tenants_are_made_by_whoever_may_and_foreign_headers_ignored")),
     "only whoever may administer tenants makes one by writing to it"),
    ("5.5.2, 6.3.2", "Each error with its type and status",
     ((BEHAVIOUR, "test_1_2_every_error_has_its_type test_1_3_06_broken_json_and_meaningless_content_are_told_apart"),
      (WRITE, "test_bad_bodies_get_a_problem_document"), (READ, "test_refusals")),
     "application/problem+json (RFC 7807) where the standard has application/json: clients read either"),
    ("6.3.2, 6.3.22", "Unknown and contradicting parameters: 400 InvalidRequest; booleans in any case",
     ((BEHAVIOUR, "test_1_3_06_parameters_have_their_exact_errors"),
      (WRITE, "test_methods_paths_and_parameters_that_are_not_there")), ""),
    ("4.5.0, 5.5.4", "urn:ngsi-ld:null deletes in merges and updates, is refused elsewhere",
     ((WRITING, "test_1_3_08_null_deletes_an_attribute_in_merges_and_updates "
       "test_1_3_08_null_deletes_one_instance_or_a_member test_1_3_08_null_of_what_is_not_there_is_named "
       "test_1_3_08_null_is_refused_where_nothing_is_merged"),), ""),
    ("6.4.3.1", "Location ends with the id, percent-encoded",
     ((BEHAVIOUR, "test_1_3_03_the_id_is_the_last_segment_of_location"),), ""),
    ("", "ngsildclient 0.5.2 and filip 0.8.1 work unmodified",
     ((CLIENTS, "test_1_6_a_foreign_client_works_unmodified"),), ""),
    ("", "FIWARE's agent library (iotagent-node-lib 4.14.0) and Node-RED 4.1.8 work unmodified",
     ((AGENT, "test_1_6_the_iot_agent_registers_measures_and_actuates"),
      (FLOWS, "test_1_6_node_red_creates_reads_batches_subscribes"),
      (CITY + "test_iotagent_requests.py", "test_1_6_the_exchange_of_the_iot_agent"),
      (CITY + "test_nodered_requests.py", "test_1_6_the_batch_node_takes_201_and_204_only")),
     "run where a variable names them; what they and Node-RED's NGSI-LD nodes send is tested always"),
)  # fmt: skip

PARTS: tuple[tuple[str, tuple[Row, ...]], ...] = (
    ("Resources and methods", RESOURCES),
    ("Model, representations, questions", MODEL),
    ("Subscriptions and notifications", NOTIFYING),
    ("Headers, contexts, errors, clients", BINDING),
)

HEAD = """# Conformance to NGSI-LD (ETSI GS CIM 009 v1.8.1)

Written by `scripts/conformance.py` from the names of our tests; do not edit. It lists what stands today; what it does
not name is not claimed. † marks what v1.9.1 brought.
"""
PIPE = "\\|"
COLUMNS = "\n| Clause | Requirement | Tested by | Deviation, and why |\n|---|---|---|---|\n"


def page() -> str:
    """Return the page; exit where a row names a test that is no more."""
    known: dict[str, set[str]] = {}
    text = HEAD
    for title, rows in PARTS:
        text += f"\n## {title}\n{COLUMNS}"
        for clause, requirement, tests, deviation in rows:
            named: list[str] = []
            for path, functions in tests:
                found = known.setdefault(path, _functions(ROOT / path))
                for function in functions.split():
                    if function not in found:
                        sys.exit(f"{path} has no {function}")
                    named.append(f"`{function}`")
            text += f"| {clause} | {requirement.replace('|', PIPE)} | {'<br>'.join(named)} | {deviation} |\n"
    return text


def _functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


if __name__ == "__main__":
    text = page()
    if "--check" in sys.argv:
        current = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text
        sys.exit(0 if current else f"{PAGE.name} is out of date")
    PAGE.write_text(text, encoding="utf-8")
