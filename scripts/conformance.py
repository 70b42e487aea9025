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
HOSTILE = CITY + "test_hostile.py"
TEMPORAL_WRITE, TEMPORAL_READ, TEMPORAL_TIERS = (
    CITY + f"test_temporal_{name}.py" for name in ("write", "read", "tiers")
)
CLIENTS = "tests/acceptance/clients/test_clients.py"
REGISTERED, ACTS = CITY + "test_registrations.py", CITY + "test_actuation.py"
AGENT, FLOWS = (f"tests/acceptance/clients/test_{name}.py" for name in ("iotagent", "nodered"))

# Clause, requirement, (file, functions) that test it, deviation and why.
ROWS: tuple[tuple[str, str, tuple[tuple[str, str], ...], str], ...] = (
    ("5.6.1, 6.4.3.1", "Create an entity: 201, Location, empty body; 409",
     ((WRITE, "test_create_answers_with_an_empty_body_and_an_encoded_location"),), ""),
    ("4.5, 5.7.1", "What is read back equals what was sent; times in UTC",
     ((WRITE, "test_what_is_read_back_equals_what_was_sent test_times_come_back_in_utc_without_zero_fractions"),
      (READ, "test_read_back_equals_what_was_sent")),
     "createdAt and modifiedAt are kept of the entity, not of each attribute: storage per value"),
    ("5.6.17, 5.6.18", "Merge and replace an entity; urn:ngsi-ld:null",
     ((WRITE, "test_put_replaces_all test_merge_changes_only_what_it_names"),), ""),
    ("5.6.2 to 5.6.5, 5.6.19", "Append, update, replace and delete attributes; noOverwrite, datasetId, deleteAll",
     ((WRITE, "test_append_adds_and_overwrites_or_keeps test_patch_of_attributes_updates_what_exists "
              "test_one_attribute_is_patched_replaced_and_deleted"),), ""),
    ("5.6.6", "Delete an entity", ((WRITE, "test_delete_keeps_the_history"),),
     "its history stays in temporal answers until it is deleted there"),
    ("5.6.7 to 5.6.10, 5.6.20", "Batch operations: 201, 204, 207",
     ((WRITE, "test_batches_answer_as_clients_expect test_an_upsert_that_replaces_drops_what_is_not_sent "
              "test_one_bad_entity_does_not_hide_the_good_ones"),
      (HOSTILE, "test_what_is_no_json_costs_only_its_entity")),
     "an element that is no JSON fails alone; the standard has no such case"),
    ("5.7.1, 5.7.2", "Retrieve and query entities; attrs, pick, omit; normalized, concise, simplified, GeoJSON",
     ((READ, "test_forms test_attrs_pick_omit test_query_in_a_body"),),
     "pick and omit name whole attributes only"),
    ("4.5.23", "Linked entities: join inline and flat, joinLevel, containedBy",
     ((LINKS, "test_inline_follows_links_as_deep_as_asked_and_ends_circles test_flat_puts_them_behind"),),
     "of Relationships, not of ListRelationships, by GET; at most five levels"),
    ("4.9", "The query language q", ((ENTITIES, "test_q_over_stations test_q_over_every_form"),), ""),
    ("4.10", "Geographic questions", ((ENTITIES, "test_geo test_disjoint_counts_the_rest"),), ""),
    ("4.17", "Types by selection, ids, patterns",
     ((ENTITIES, "test_types_ids_patterns_attributes test_a_faulty_pattern_is_a_problem"),), ""),
    ("5.5.9, 6.3.13", "Paging with Link; an exact count",
     ((READ, "test_pages_counts_links"), (ENTITIES, "test_paging_counts_exactly")),
     "Link names limit and offset; a deep page costs the rows before it"),
    ("4.15, 6.3", "lang: one language of a LanguageProperty",
     ((CHOICE, "test_a_language_property_becomes_a_property_in_one_language"),), ""),
    ("4.5.5", "datasetId: some instances of an attribute", ((CHOICE, "test_datasets_are_told_apart"),), ""),
    ("5.7.5 to 5.7.10", "Types and attributes", ((READ, "test_types_and_attributes"),), ""),
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
    ("4.4, 5.5.7", "Contexts: core, Link, embedded; LdContextNotAvailable",
     ((WRITE, "test_core_contexts_of_all_versions_are_known"), (READ, "test_media_tenant_and_context"),
      (CONTEXTS, "test_an_embedded_context_names_attributes test_one_batch_may_mix_contexts test_core_terms_win "
                 "test_1_3_9_a_context_that_cannot_be_had_answers_503")),
     "scoped contexts and coercions inside a context are not looked at; an answer in application/json to an "
     "embedded context has no Link, as definitions have no address"),
    ("5.13", "Add, list, serve, reload and delete contexts",
     ((CONTEXTS, "test_a_hosted_context_is_listed_served_used_and_deleted test_a_broken_context_is_not_hosted "
                 "test_a_download_is_checked_before_it_is_kept"),),
     "nothing is downloaded unless the operator lists the host; the core context is not listed; no implicitly "
     "created ones"),
    ("5.5.10", "Tenants", ((WRITE, "test_tenants_are_apart_and_made_only_by_who_may"),), ""),
    ("5.5.2, 6.3.2", "Errors, unknown parameters and methods",
     ((WRITE, "test_bad_bodies_get_a_problem_document test_methods_paths_and_parameters_that_are_not_there"),
      (READ, "test_refusals")), ""),
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
    ("5.11", "Context source subscriptions", (), "second step"),
    ("", "ngsildclient 0.5.2 and filip 0.8.1 work unmodified",
     ((CLIENTS, "test_1_6_a_foreign_client_works_unmodified"),), ""),
    ("", "FIWARE's agent library (iotagent-node-lib 4.14.0) and Node-RED 4.1.8 work unmodified",
     ((AGENT, "test_1_6_the_iot_agent_registers_measures_and_actuates"),
      (FLOWS, "test_1_6_node_red_creates_reads_batches_subscribes"),
      (CITY + "test_iotagent_requests.py", "test_1_6_the_exchange_of_the_iot_agent"),
      (CITY + "test_nodered_requests.py", "test_1_6_the_batch_node_takes_201_and_204_only")),
     "run where a variable names them; what they and Node-RED's NGSI-LD nodes send is tested always"),
)  # fmt: skip

HEAD = """# Conformance to NGSI-LD (ETSI GS CIM 009 v1.8.1)

Written by `scripts/conformance.py` from the names of our tests; do not edit. It lists what stands today; what it does
not name is not claimed. Subscriptions have a page of their own decisions (`docs/decisions/`).

| Clause | Requirement | Tested by | Deviation, and why |
|---|---|---|---|
"""


def page() -> str:
    """Return the page; exit where a row names a test that is no more."""
    known: dict[str, set[str]] = {}
    lines: list[str] = []
    for clause, requirement, tests, deviation in ROWS:
        named: list[str] = []
        for path, functions in tests:
            found = known.setdefault(path, _functions(ROOT / path))
            for function in functions.split():
                if function not in found:
                    sys.exit(f"{path} has no {function}")
                named.append(f"`{function}`")
        lines.append(f"| {clause} | {requirement} | {'<br>'.join(named)} | {deviation} |")
    return HEAD + "\n".join(lines) + "\n"


def _functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


if __name__ == "__main__":
    text = page()
    if "--check" in sys.argv:
        current = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text
        sys.exit(0 if current else f"{PAGE.name} is out of date")
    PAGE.write_text(text, encoding="utf-8")
