"""The NGSI-LD core context, compiled in: no request ever waits for uri.etsi.org.

Names and meanings are those of the context that ETSI publishes with GS CIM 009 v1.9.1 (annex B, © ETSI, under
the BSD-3-Clause licence), which contains all names of v1.3 to v1.8; all its published addresses mean this
table. Its one scoped context (``ngsildproof``) points to a document of the W3C and is left out: nothing here
reads seals, and nothing is fetched.
"""

from __future__ import annotations

from typing import Any

NGSI = "https://uri.etsi.org/ngsi-ld/"
GEOJSON = "https://purl.org/geojson/vocab#"
DCTERMS = "http://purl.org/dc/terms/"
VOCABULARY = NGSI + "default-context/"
"""Where names fall that no context knows."""

_SAME = """
Attribute AttributeList ContextSourceIdentity ContextSourceNotification ContextSourceRegistration Date
DateTime EntityMap EntityType EntityTypeInfo EntityTypeList ExecutionResultDetails GeoProperty
JsonProperty LanguageProperty ListProperty ListRelationship Notification Property Relationship Snapshot
SnapshotNotification Subscription TemporalProperty Time VocabProperty accept aggrMethods aggrParams
aggrPeriodDuration attributeCount attributeDetails attrs cacheDuration collation contextSourceAlias
contextSourceInfo contextSourceUptime cooldown csf data detail endpoint entities entity entityCount error
errors expandValues format geoQ geoproperty georel idPattern information isActive join jsonKeys
jsonldContext lang lastN linkedMaps localOnly location management managementInterval mode
ngsildConformance ngsildproof notUpdated notification notificationTrigger notifierInfo observationInterval
observationSpace omit operationSpace operations ordering pick q reason receiverInfo refreshRate
registrationId registrationName resultStatus scope scopeQ showChanges snapshotId snapshotLifetime
snapshotPriority snapshotStatus status subscriptionName sysAttrs temporalQ throttling timeInterval timeout
timeproperty timerel timesFailed timesSent triggerReason unchanged unitCode updated uri
"""
"""Terms whose meaning is ``ngsi-ld:`` and their own name."""
_COERCED = {
    "@id": "datasetId entityId instanceId subscriptionId success tenant",
    "@vocab": "attributeList attributeName attributeNames attributeTypes attributes propertyNames "
    "relationshipNames typeList typeName typeNames watchedAttributes",
    "@json": "contextSourceExtras problemDetails",
    "DateTime": "contextSourceTimeAt createdAt deletedAt endAt endTimeAt expiresAt lastFailure "
    "lastNotification lastSuccess lastUsedAt modifiedAt notifiedAt observedAt startAt timeAt",
}
"""As above, with the type of their values."""
_LISTS = """
avg distinctCount entityList jsons max min orderBy snapshotQueries snapshotQueriesDetails
snapshotTemporalQueries snapshotTemporalQueriesDetails stddev sum sumsq totalCount
"""
"""As above, ordered lists."""
_RENAMED: dict[str, dict[str, str]] = {
    "containedBy": {"@id": "isContainedBy"},
    "dataset": {"@id": "hasDataset", "@container": "@index"},
    "entityMap": {"@id": "hasEntityMap", "@container": "@index"},
    "entityMapLifetime": {"@id": "hasEntityMapLifetime"},
    "joinLevel": {"@id": "hasJoinLevel"},
    "json": {"@id": "hasJSON", "@type": "@json"},
    "key": {"@id": "hasKey"},
    "languageMap": {"@id": "hasLanguageMap", "@container": "@language"},
    "languageMaps": {"@id": "hasLanguageMaps", "@container": "@list"},
    "object": {"@id": "hasObject", "@type": "@id"},
    "objectList": {"@id": "hasObjectList", "@container": "@list"},
    "objectLists": {"@id": "hasObjectLists", "@container": "@list"},
    "objectType": {"@id": "hasObjectType", "@type": "@vocab"},
    "objects": {"@id": "hasObjects", "@container": "@list"},
    "previousJson": {"@id": "hasPreviousJson", "@type": "@json"},
    "previousLanguageMap": {"@id": "hasPreviousLanguageMap", "@container": "@language"},
    "previousObject": {"@id": "hasPreviousObject", "@type": "@id"},
    "previousObjectList": {"@id": "hasPreviousObjectList", "@container": "@list"},
    "previousValue": {"@id": "hasPreviousValue"},
    "previousValueList": {"@id": "hasPreviousValueList", "@container": "@list"},
    "previousVocab": {"@id": "hasPreviousVocab", "@type": "@vocab"},
    "splitEntities": {"@id": "hasSplitEntities"},
    "value": {"@id": "hasValue"},
    "valueList": {"@id": "hasValueList", "@container": "@list"},
    "valueLists": {"@id": "hasValueLists", "@container": "@list"},
    "valueType": {"@id": "hasValueType", "@type": "@vocab"},
    "values": {"@id": "hasValues", "@container": "@list"},
    "vocab": {"@id": "hasVocab", "@type": "@vocab"},
    "vocabs": {"@id": "hasVocabs", "@container": "@list"},
}
"""Terms with another name in the vocabulary."""
_GEO = """
Feature FeatureCollection GeometryCollection LineString MultiLineString MultiPoint MultiPolygon Point
Polygon geometry geometryProperty properties
"""


def _definitions() -> dict[str, Any]:
    found: dict[str, Any] = {term: f"ngsi-ld:{term}" for term in _SAME.split()}
    for kind, terms in _COERCED.items():
        found |= {term: {"@id": f"ngsi-ld:{term}", "@type": kind} for term in terms.split()}
    found |= {term: {"@id": f"ngsi-ld:{term}", "@container": "@list"} for term in _LISTS.split()}
    for term, meaning in _RENAMED.items():
        found[term] = {**meaning, "@id": "ngsi-ld:" + meaning["@id"]}
    found |= {term: f"geojson:{term}" for term in _GEO.split()}
    found |= {
        "bbox": {"@id": "geojson:bbox", "@container": "@list"},
        "coordinates": {"@id": "geojson:coordinates", "@container": "@list"},
        "features": {"@id": "geojson:features", "@container": "@set"},
        "description": DCTERMS + "description",
        "title": DCTERMS + "title",
        "langString": "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString",
    }
    return dict(sorted(found.items()))


def _meaning(definition: Any) -> str:
    iri: str = definition["@id"] if isinstance(definition, dict) else definition
    prefix, _, rest = iri.partition(":")
    return {"ngsi-ld": NGSI, "geojson": GEOJSON}.get(prefix, prefix + ":") + rest


DOCUMENT: dict[str, Any] = {
    "@context": {
        "@version": 1.1,
        "@protected": True,
        "ngsi-ld": NGSI,
        "geojson": GEOJSON,
        "id": "@id",
        "type": "@type",
        **_definitions(),
        "@vocab": VOCABULARY,
    }
}
"""The core context as it is served."""
TERMS: dict[str, str] = {term: _meaning(one) for term, one in _definitions().items()}
"""Term to IRI. They win over every other context."""
PREFIXES = {"ngsi-ld": NGSI, "geojson": GEOJSON}
