-- Names as the core context that ETSI publishes has them: what no context knows lies in default-context/, and every
-- term of the core has its own meaning (until now only a handful had). Attributes and types keep their numbers, so
-- neither entities nor history are touched.

UPDATE attr SET iri = replace(iri, '/ngsi-ld/default-vocab/', '/ngsi-ld/default-context/')
WHERE iri LIKE 'https://uri.etsi.org/ngsi-ld/default-vocab/%';
UPDATE type SET iri = replace(iri, '/ngsi-ld/default-vocab/', '/ngsi-ld/default-context/')
WHERE iri LIKE '%https://uri.etsi.org/ngsi-ld/default-vocab/%';

CREATE TEMPORARY TABLE core_term ON COMMIT DROP AS
    SELECT term, 'https://uri.etsi.org/ngsi-ld/' || term AS iri
    FROM regexp_split_to_table('
            Attribute AttributeList ContextSourceIdentity ContextSourceNotification ContextSourceRegistration
            Date DateTime EntityMap EntityType EntityTypeInfo EntityTypeList ExecutionResultDetails GeoProperty
            JsonProperty LanguageProperty ListProperty ListRelationship Notification Property Relationship
            Snapshot SnapshotNotification Subscription TemporalProperty Time VocabProperty accept aggrMethods
            aggrParams aggrPeriodDuration attributeCount attributeDetails attributeList attributeName
            attributeNames attributeTypes attributes attrs avg cacheDuration collation contextSourceAlias
            contextSourceExtras contextSourceInfo contextSourceTimeAt contextSourceUptime cooldown createdAt csf
            data datasetId deletedAt detail distinctCount endAt endTimeAt endpoint entities entity entityCount
            entityId entityList error errors expandValues expiresAt format geoQ geoproperty georel idPattern
            information instanceId isActive join jsonKeys jsonldContext jsons lang lastFailure lastN
            lastNotification lastSuccess lastUsedAt linkedMaps localOnly location management managementInterval
            max min mode modifiedAt ngsildConformance ngsildproof notUpdated notification notificationTrigger
            notifiedAt notifierInfo observationInterval observationSpace observedAt omit operationSpace
            operations orderBy ordering pick problemDetails propertyNames q reason receiverInfo refreshRate
            registrationId registrationName relationshipNames resultStatus scope scopeQ showChanges snapshotId
            snapshotLifetime snapshotPriority snapshotQueries snapshotQueriesDetails snapshotStatus
            snapshotTemporalQueries snapshotTemporalQueriesDetails startAt status stddev subscriptionId
            subscriptionName success sum sumsq sysAttrs temporalQ tenant throttling timeAt timeInterval timeout
            timeproperty timerel timesFailed timesSent totalCount triggerReason typeList typeName typeNames
            unchanged unitCode updated uri watchedAttributes
        ', '\s+') AS term WHERE term <> ''
    UNION ALL
    VALUES
        ('Feature', 'https://purl.org/geojson/vocab#Feature'),
        ('FeatureCollection', 'https://purl.org/geojson/vocab#FeatureCollection'),
        ('GeometryCollection', 'https://purl.org/geojson/vocab#GeometryCollection'),
        ('LineString', 'https://purl.org/geojson/vocab#LineString'),
        ('MultiLineString', 'https://purl.org/geojson/vocab#MultiLineString'),
        ('MultiPoint', 'https://purl.org/geojson/vocab#MultiPoint'),
        ('MultiPolygon', 'https://purl.org/geojson/vocab#MultiPolygon'),
        ('Point', 'https://purl.org/geojson/vocab#Point'),
        ('Polygon', 'https://purl.org/geojson/vocab#Polygon'),
        ('bbox', 'https://purl.org/geojson/vocab#bbox'),
        ('containedBy', 'https://uri.etsi.org/ngsi-ld/isContainedBy'),
        ('coordinates', 'https://purl.org/geojson/vocab#coordinates'),
        ('dataset', 'https://uri.etsi.org/ngsi-ld/hasDataset'),
        ('entityMap', 'https://uri.etsi.org/ngsi-ld/hasEntityMap'),
        ('entityMapLifetime', 'https://uri.etsi.org/ngsi-ld/hasEntityMapLifetime'),
        ('features', 'https://purl.org/geojson/vocab#features'),
        ('geometry', 'https://purl.org/geojson/vocab#geometry'),
        ('geometryProperty', 'https://purl.org/geojson/vocab#geometryProperty'),
        ('joinLevel', 'https://uri.etsi.org/ngsi-ld/hasJoinLevel'),
        ('json', 'https://uri.etsi.org/ngsi-ld/hasJSON'),
        ('key', 'https://uri.etsi.org/ngsi-ld/hasKey'),
        ('langString', 'http://www.w3.org/1999/02/22-rdf-syntax-ns#langString'),
        ('languageMap', 'https://uri.etsi.org/ngsi-ld/hasLanguageMap'),
        ('languageMaps', 'https://uri.etsi.org/ngsi-ld/hasLanguageMaps'),
        ('object', 'https://uri.etsi.org/ngsi-ld/hasObject'),
        ('objectList', 'https://uri.etsi.org/ngsi-ld/hasObjectList'),
        ('objectLists', 'https://uri.etsi.org/ngsi-ld/hasObjectLists'),
        ('objectType', 'https://uri.etsi.org/ngsi-ld/hasObjectType'),
        ('objects', 'https://uri.etsi.org/ngsi-ld/hasObjects'),
        ('previousJson', 'https://uri.etsi.org/ngsi-ld/hasPreviousJson'),
        ('previousLanguageMap', 'https://uri.etsi.org/ngsi-ld/hasPreviousLanguageMap'),
        ('previousObject', 'https://uri.etsi.org/ngsi-ld/hasPreviousObject'),
        ('previousObjectList', 'https://uri.etsi.org/ngsi-ld/hasPreviousObjectList'),
        ('previousValue', 'https://uri.etsi.org/ngsi-ld/hasPreviousValue'),
        ('previousValueList', 'https://uri.etsi.org/ngsi-ld/hasPreviousValueList'),
        ('previousVocab', 'https://uri.etsi.org/ngsi-ld/hasPreviousVocab'),
        ('properties', 'https://purl.org/geojson/vocab#properties'),
        ('splitEntities', 'https://uri.etsi.org/ngsi-ld/hasSplitEntities'),
        ('value', 'https://uri.etsi.org/ngsi-ld/hasValue'),
        ('valueList', 'https://uri.etsi.org/ngsi-ld/hasValueList'),
        ('valueLists', 'https://uri.etsi.org/ngsi-ld/hasValueLists'),
        ('valueType', 'https://uri.etsi.org/ngsi-ld/hasValueType'),
        ('values', 'https://uri.etsi.org/ngsi-ld/hasValues'),
        ('vocab', 'https://uri.etsi.org/ngsi-ld/hasVocab'),
        ('vocabs', 'https://uri.etsi.org/ngsi-ld/hasVocabs');

-- Where somebody has written the full IRI before, both names stay what they are.
UPDATE attr a SET iri = c.iri FROM core_term c
WHERE a.iri = 'https://uri.etsi.org/ngsi-ld/default-context/' || c.term
  AND NOT EXISTS (SELECT FROM attr b WHERE b.iri = c.iri);
UPDATE type a SET iri = c.iri FROM core_term c
WHERE a.members IS NULL AND a.iri = 'https://uri.etsi.org/ngsi-ld/default-context/' || c.term
  AND NOT EXISTS (SELECT FROM type b WHERE b.iri = c.iri);
UPDATE type t SET iri = (
    SELECT string_agg(m.iri, ' ' ORDER BY m.iri COLLATE "C") FROM type m WHERE m.id = ANY(t.members))
WHERE t.members IS NOT NULL;

UPDATE subscription SET body = replace(body::text, '/ngsi-ld/default-vocab/', '/ngsi-ld/default-context/')::jsonb
WHERE body::text LIKE '%/ngsi-ld/default-vocab/%';
