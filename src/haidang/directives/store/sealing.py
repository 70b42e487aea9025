"""SQL of taking the text of a document away that turned out to be secret."""

from __future__ import annotations

from datetime import datetime

from haidang.base.database import Connection

_KEPT_ANSWERS = """
DELETE FROM idempotency WHERE result->'document'->>'id' = %(id)s::text
    OR (result->>'id' = %(id)s::text AND result->'candidates' IS NOT NULL)
    OR result->>'document_id' = %(id)s::text OR result->'candidates'->0->>'document_id' = %(id)s::text
"""


async def seal(connection: Connection, document_id: int, *, why: str, at: datetime, by: str) -> list[str]:
    """Empty a document and all that was read from it; return hashes of files that nothing names any more.

    Its row stays with number, day and issuer; also the answers that were kept for repeated requests go.
    """
    values = {"id": document_id, "why": why, "at": at, "by": by}
    cursor = await connection.execute(
        "SELECT file_sha256 FROM directive_document WHERE id = %(id)s AND file_sha256 IS NOT NULL", values
    )
    files = [sha256 for (sha256,) in await cursor.fetchall()]
    await connection.execute(
        "UPDATE directive_document SET secrecy = 'secret', text = NULL, text_sha256 = NULL, "
        "file_name = NULL, file_size = NULL, file_sha256 = NULL, file_type = NULL, file_kind = NULL, "
        "mail = NULL, subject = '', fold = lower(number), warnings = '[]', note = %(why)s, "
        "meeting_id = NULL, state = 'read', version = version + 1, changed_at = %(at)s WHERE id = %(id)s",
        values,
    )
    await connection.execute(
        "UPDATE extraction_candidate SET text = '', lead = '[]', cooperating = '[]', action = '', "
        "product = '', deadline = NULL, due = NULL, warnings = '[]', heading = '', follows = '{}', "
        "state = 'replaced', settled_at = coalesce(settled_at, %(at)s), "
        "settled_by = coalesce(settled_by, %(by)s), version = version + 1 WHERE document_id = %(id)s",
        values,
    )
    await connection.execute(
        "UPDATE candidate_verdict SET body = '{}' WHERE candidate_id IN "
        "(SELECT id FROM extraction_candidate WHERE document_id = %(id)s)",
        values,
    )
    await connection.execute("UPDATE extraction_run SET reading = '{}' WHERE document_id = %(id)s", values)
    await connection.execute("DELETE FROM document_reference WHERE document_id = %(id)s", values)
    await connection.execute(_KEPT_ANSWERS, values)
    cursor = await connection.execute(
        "SELECT sha FROM unnest(%s::text[]) AS sha WHERE NOT EXISTS "
        "(SELECT FROM directive_document d WHERE d.file_sha256 = sha)",
        (files,),
    )
    return [sha256 for (sha256,) in await cursor.fetchall()]
