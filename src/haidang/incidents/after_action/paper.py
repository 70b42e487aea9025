"""The after-action report (báo cáo sau sự cố) of an incident: from facts to the blocks of a document."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from haidang.base.clock import LOCAL
from haidang.documents.report import (
    Body,
    Facts,
    Heading,
    Moment,
    Paragraph,
    Points,
    Report,
    Signatures,
    Signer,
    Table,
    Timeline,
)
from haidang.incidents.after_action.model import AfterAction, Entry, Reaction, Run, Step, met
from haidang.incidents.after_action.words import (
    ABSENT,
    KINDS,
    LINKS,
    REACTIONS,
    RUNS,
    SOURCES,
    STATES,
    STEPS,
    at,
    long,
    vi,
)

EXERCISE, SIMULATED = "Diễn tập", "Dữ liệu mô phỏng"
STRONG = frozenset({"open", "classify", "dispatch", "contain", "close", "escalate", "decision"})


def paper(found: AfterAction) -> Report:
    """Return the report."""
    numerals = iter(("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"))
    blocks: list[Body] = []
    for title, part in (
        ("Thông tin chung", _about(found)),
        ("Tóm tắt", _summary(found)),
        ("Các mốc thời gian so với yêu cầu", _reactions(found)),
        ("Diễn biến", _timeline(found)),
        ("Thực hiện quy trình", _procedures(found)),
        ("Lực lượng, phương tiện", _resources(found)),
        ("Thông tin liên quan", _links(found)),
        ("Các quyết định", _decisions(found)),
        ("Bài học và kiến nghị", _lessons(found)),
    ):
        blocks.append(Heading(text=f"{next(numerals)}. {title}"))
        blocks += part
    blocks.append(
        Signatures(
            signers=(Signer(title="Thủ trưởng đơn vị", under="(Ký, ghi rõ họ tên)"),),
            recipients=(*(found.orgs[:8]), "Lưu: VT"),
        )
    )
    day = found.made_at.astimezone(LOCAL).date()
    return Report(
        title="Báo cáo",
        subtitle=f"Kết quả xử lý sự cố {found.code}: {found.title}",
        agency=found.agency.name,
        parent=found.agency.parent,
        symbol=f"BC-{found.agency.short}" if found.agency.short else "BC",
        place=found.agency.place,
        day=day,
        made_at=found.made_at,
        marks=marks(found.is_exercise, found.simulated),
        source=_source(found),
        blocks=tuple(blocks),
    )


def marks(is_exercise: bool, simulated: bool) -> tuple[str, ...]:
    """Return what stands on every page."""
    return tuple(word for word, holds in ((EXERCISE, is_exercise), (SIMULATED, simulated)) if holds)


def _source(found: AfterAction) -> str:
    holds = "chuỗi băm toàn vẹn" if found.head.sound else "CHUỖI BĂM KHÔNG TOÀN VẸN"
    return (
        f"Lập từ nhật ký sự cố {found.code} lúc {at(found.made_at)}: {found.head.no} mục, {holds}, "
        f"mã băm cuối {found.head.hash[:16] or ABSENT.lower()}"
    )


def _about(found: AfterAction) -> tuple[Body, ...]:
    where = "\n".join(filter(None, [found.place, found.area, _position(found)]))
    rows = [
        ("Mã sự cố", found.code),
        ("Loại, mức độ", f"{found.kind_vi}, mức {found.severity} (1 là nghiêm trọng nhất)"),
        ("Trạng thái", vi(STATES, found.state)),
        ("Nguồn tin", " – ".join(filter(None, [vi(SOURCES, found.source), found.source_ref]))),
        ("Địa điểm", where or ABSENT),
        ("Thời điểm báo", at(found.reported_at)),
        ("Thời điểm kết thúc", at(found.closed_at)),
        ("Đơn vị chủ trì", found.agency.name),
        ("Đơn vị tham gia", "; ".join(org for org in found.orgs if org != found.agency.name) or "Không có"),
        ("Chỉ huy", found.commander or ABSENT),
        *((role, who) for role, who in found.roles),
    ]
    return (Facts(rows=tuple(rows)),)


def _position(found: AfterAction) -> str:
    return "" if found.location is None else f"{found.location[1]:.5f}, {found.location[0]:.5f} (WGS84)"


def _summary(found: AfterAction) -> tuple[Body, ...]:
    good, judged = met(found)
    took = (
        f"Thời gian từ khi báo đến khi kết thúc: {long(found.closed_at - found.reported_at)}."
        if found.closed_at
        else "Sự cố chưa kết thúc khi lập báo cáo này."
    )
    skipped = [step for run in found.runs for step in run.steps if step.state == "skipped"]
    steps = [step for run in found.runs for step in run.steps if step.state in {"done", "skipped"}]
    late = sum(step.late for step in steps)
    texts = [
        found.text or found.title,
        f"{took} Số mốc thời gian đạt yêu cầu: {good}/{judged}.",
        f"Quy trình: thực hiện {len(steps) - len(skipped)}, bỏ qua {len(skipped)}, trễ {late} bước.",
        f"Lực lượng, phương tiện: {len(found.uses)} lượt điều động. Bài học: {len(found.lessons)}.",
    ]
    if found.outcome:
        texts.append(f"Kết quả: {found.outcome}")
    if found.is_exercise:
        texts.insert(0, "Đây là cuộc diễn tập, không tính vào thống kê.")
    return tuple(Paragraph(text=text) for text in texts)


def _reactions(found: AfterAction) -> tuple[Body, ...]:
    if not found.reactions:
        return _none("Loại sự cố này không có yêu cầu về thời gian.")
    rows, strong = [], []
    for number, each in enumerate(found.reactions):
        wanted = f"{long(each.target_at - found.reported_at)}\n({at(each.target_at)})"
        took = ABSENT
        if each.met_at is not None:
            took = f"{long(each.met_at - found.reported_at)}\n({at(each.met_at)})"
        rows.append((vi(REACTIONS, each.name), wanted, took, _judged(found, each)))
        if each.state in {"met_late", "late"}:
            strong.append(number)
    table = Table(
        head=("Mốc", "Yêu cầu (kể từ khi báo)", "Thực tế", "Đánh giá"),
        rows=tuple(rows), widths=(3.5, 4.7, 4.7, 4), align="lccl", strong=tuple(strong),
    )  # fmt: skip
    return (table,)


def _judged(found: AfterAction, each: Reaction) -> str:
    if each.state == "met_late" and each.met_at is not None:
        return f"Chậm {long(each.met_at - each.target_at)}"
    if each.state == "late":
        return f"Chưa đạt, đã quá {long(found.made_at - each.target_at)}"
    return {"met": "Đạt", "running": "Chưa đến hạn"}.get(each.state, "Không còn áp dụng")


def _timeline(found: AfterAction) -> tuple[Body, ...]:
    moments = tuple(
        Moment(at=entry.at, text=_said(entry), who=entry.by, no=entry.no, strong=entry.kind in STRONG)
        for entry in found.log
    )
    blocks: list[Body] = [Timeline(moments=moments)]
    if found.log_left_out:
        text = f"Không in {found.log_left_out} mục ở giữa; nhật ký đầy đủ nằm trong hệ thống."
        blocks.insert(0, Paragraph(text=text, look="note"))
    return tuple(blocks)


def _said(entry: Entry) -> str:
    """What an entry says: its kind, its text (of steps the text says it all), and how it stands to others."""
    words = vi(KINDS, entry.kind)
    if entry.corrects is not None:
        words = f"Đính chính mục {entry.corrects}"
    text = ": ".join(filter(None, [words if entry.kind in KINDS else "", entry.text])) or words
    if more := _more(entry):
        text += f" ({more})"
    if entry.corrected_by is not None:
        text += f" [đã được đính chính tại mục {entry.corrected_by}]"
    return text


def _more(entry: Entry) -> str:
    """The facts beside an entry's text that a reader needs."""
    detail = entry.detail
    if entry.kind == "classify" and len(severity := detail.get("severity", ())) == 2:
        before, now = severity
        return f"mức {now}" if before == now else f"từ mức {before} thành mức {now}"
    names = [str(each["name"]) for each in detail.get("resources", ()) if isinstance(each, dict)]
    if names:
        return ", ".join(names)
    if entry.kind in {"link", "unlink"}:
        return ", ".join(f"{vi(LINKS, str(kind)).lower()} {ref}" for kind, ref, *_ in detail.get("links", ()))
    if entry.kind == "assign_commander":
        return str(detail.get("name") or "")
    return ""


def _procedures(found: AfterAction) -> tuple[Body, ...]:
    if not found.runs:
        return _none("Không áp dụng quy trình nào.")
    blocks: list[Body] = []
    for number, run in enumerate(found.runs, start=1):
        why = f"; lý do: {run.reason}" if run.reason else ""
        title = f"{number}. {run.vi} (phiên bản {run.version}, {vi(RUNS, run.state)}{why})"
        blocks += [Heading(text=title, level=2), _steps(run)]
    return tuple(blocks)


def _steps(run: Run) -> Table:
    return Table(
        head=("Bước", "Vai trò", "Kết quả", "Hạn", "Hoàn thành"),
        rows=tuple(
            (step.title_vi, step.role, _outcome(step), _due(step),
             at(step.settled_at) if step.settled_at else "")
            for step in run.steps
        ),
        widths=(6, 4, 5, 3, 3),
        align="lllcc",
        strong=tuple(at_ for at_, step in enumerate(run.steps) if step.late or step.state == "skipped"),
    )  # fmt: skip


def _due(step: Step) -> str:
    if step.due_at is not None:
        return at(step.due_at)
    return "Không đặt" if step.within is None else f"{long(timedelta(minutes=step.within))} từ khi mở"


def _outcome(step: Step) -> str:
    parts = [vi(STEPS, step.state)]
    if step.late:
        behind = step.settled_at and step.due_at and step.settled_at - step.due_at
        parts.append(f"trễ {long(behind)}" if behind and behind.total_seconds() > 0 else "trễ")
    if step.by:
        parts.append(step.by)
    if step.approved_by:
        parts.append(f"phê duyệt: {step.approved_by}")
    if step.reason:
        parts.append(f"lý do: {step.reason}")
    parts += step.actions
    return "; ".join(parts)


def _resources(found: AfterAction) -> tuple[Body, ...]:
    if not found.uses:
        return _none("Không điều động lực lượng, phương tiện có đăng ký.")
    rows = tuple(
        (f"{use.name}\n({use.kind_vi})", use.org, at(use.sent_at), at(use.on_scene_at), at(use.ended_at))
        for use in found.uses
    )
    head = ("Lực lượng, phương tiện", "Đơn vị", "Điều động", "Đến nơi", "Kết thúc")
    return (Table(head=head, rows=rows, widths=(5, 4, 3, 3, 3), align="llccc"),)


def _links(found: AfterAction) -> tuple[Body, ...]:
    if not found.links and not found.files:
        return _none("Không có.")
    rows = [
        (vi(LINKS, link.kind), link.title or link.ref, link.note, at(link.at) if link.at else "")
        for link in found.links
    ]
    rows += [
        ("Tệp", file.name, f"{file.size_bytes} byte, SHA-256 {file.sha256}", at(file.at))
        for file in found.files
    ]
    head = ("Loại", "Nội dung", "Ghi chú", "Thời điểm gắn")
    return (Table(head=head, rows=tuple(rows), widths=(3, 7, 5, 3), align="lllc"),)


def _decisions(found: AfterAction) -> tuple[Body, ...]:
    if not found.decisions:
        return _none("Nhật ký không ghi quyết định nào.")
    rows = tuple((str(entry.no), at(entry.at), _said(entry), entry.by) for entry in found.decisions)
    head = ("Mục", "Thời điểm", "Nội dung", "Người quyết định")
    return (Table(head=head, rows=rows, widths=(1.2, 3, 8, 4), align="ccll"),)


def _lessons(found: AfterAction) -> tuple[Body, ...]:
    if not found.lessons:
        return _none("Nhật ký chưa ghi bài học nào.")
    return (Points(items=tuple(_lesson_lines(found))),)


def _lesson_lines(found: AfterAction) -> Iterable[str]:
    for lesson in found.lessons:
        if lesson.task is None:
            yield f"{lesson.text} (mục {lesson.no}; chưa giao nhiệm vụ)"
        else:
            due = f", hạn {at(lesson.task.due_end)}" if lesson.task.due_end else ""
            yield f"{lesson.text} (mục {lesson.no}; nhiệm vụ số {lesson.task.id}: {lesson.task.owner}{due})"


def _none(text: str) -> tuple[Body, ...]:
    return (Paragraph(text=text),)
