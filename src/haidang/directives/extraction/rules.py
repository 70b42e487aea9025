"""The rules by id, each in both languages and with an example on which it fires; a test tries every one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Rule(NamedTuple):
    """A rule that an item, a name or a deadline may carry."""

    vi: str
    en: str
    example: str
    """A text from which the rule makes something."""


def explained(ids: Iterable[str]) -> list[dict[str, str]]:
    """Return rules in words; one that this version no longer has is called by its id."""
    found = {each: RULES.get(each) for each in ids}
    return [
        {"id": each, "vi": rule.vi if rule else each, "en": rule.en if rule else each}
        for each, rule in found.items()
    ]


RULES: dict[str, Rule] = {
    "order": Rule(
        "Động từ giao việc (giao, yêu cầu, đề nghị …) rồi đến tên đơn vị",
        "A verb that gives work (giao, yêu cầu, đề nghị …), then who it is given to",
        "UBND tỉnh giao Sở Xây dựng rà soát các dự án chậm tiến độ.",
    ),
    "order.weak": Rule(
        "Chỉ đạo, đôn đốc, nhắc nhở, lưu ý: chỉ là giao việc khi người có thẩm quyền đứng trước",
        "Chỉ đạo, đôn đốc, nhắc nhở, lưu ý give work only behind somebody who may give it",
        "Chủ tịch UBND tỉnh chỉ đạo Sở Y tế khẩn trương rà soát nhu cầu.",
    ),
    "order.recipient": Rule(
        "Văn bản gửi đơn vị, yêu cầu làm việc: nơi nhận là đơn vị thực hiện",
        "A letter to units that asks for work: who receives it does it",
        "UBND tỉnh có công văn gửi Sở Nội vụ và Sở Tài chính đề nghị báo cáo biên chế.",
    ),
    "order.unresolved": Rule(
        "Giao cho một tên viết hoa mà danh mục không có: giữ lại để người xem chọn",
        "Given to a capital name that the gazetteer does not have: kept for a person to resolve",
        "Chủ tịch UBND tỉnh giao Câu lạc bộ Khởi nghiệp trẻ xây dựng kế hoạch.",
    ),
    "order.approval": Rule(
        "Đồng ý với đề xuất của đơn vị về việc sẽ làm: đơn vị đề xuất thực hiện",
        "Consent to what a unit has proposed to do: the unit does it",
        "Chủ tịch UBND tỉnh đồng ý với đề xuất của Sở Công Thương về việc xây dựng kế hoạch khuyến công.",
    ),
    "duty": Rule(
        "Tên đơn vị rồi đến phải, cần, có trách nhiệm, chịu trách nhiệm",
        "A unit, then must, needs to, is responsible for",
        "UBND huyện Tây Sơn phải tăng cường kiểm tra.",
    ),
    "duty.listed": Rule(
        "Trong danh sách kết luận: tên đơn vị rồi đến động từ của việc, không có thì quá khứ",
        "In a list of conclusions: a unit, then the verb of the work, not in the past",
        "Chủ tịch UBND tỉnh kết luận:\n1. Sở Tài chính tham mưu bố trí vốn.",
    ),
    "carry.heading": Rule(
        "Đề mục nêu đơn vị; các gạch đầu dòng bên dưới là việc của đơn vị đó",
        "A heading names units; the points under it are theirs",
        "1. Sở Xây dựng:\n- Rà soát quy hoạch.",
    ),
    "carry.sentence": Rule(
        "Câu nối tiếp không có chủ ngữ, bắt đầu bằng động từ: đơn vị của câu trước",
        "A sentence without a subject that goes on with a verb: the unit of the sentence before",
        "Yêu cầu Sở Y tế mua thuốc. Đồng thời, kiểm tra các nhà thuốc.",
    ),
    "carry.sent": Rule(
        "“… gửi về đơn vị X trước ngày”: X chỉ nhận; người gửi là đơn vị của câu trước",
        "“… sent to X by the 5th”: X only receives; who was addressed before sends",
        "Yêu cầu các sở, ngành rà soát biên chế. Kết quả gửi về Sở Nội vụ trước ngày 5/9/2022.",
    ),
    "cooperate": Rule(
        "Sau “phối hợp với”, “cùng”, “với sự tham gia của”: đơn vị phối hợp",
        "Behind “phối hợp với”, “cùng”, “với sự tham gia của”: who cooperates",
        "Giao Sở Xây dựng chủ trì, phối hợp với Sở Tài chính thẩm định.",
    ),
    "cooperate.subject": Rule(
        "“Sở A chủ trì …; Sở B phối hợp”: Sở B là đơn vị phối hợp, không phải việc riêng",
        "“Sở A leads …; Sở B cooperates”: no item of its own",
        "Giao Sở Xây dựng chủ trì thẩm định; Sở Tài chính phối hợp thực hiện.",
    ),
    "names.branch": Rule(
        "Sở, Bộ, Phòng, Ban, Cục, Chi cục cùng ngành có trong danh mục, kể cả viết tắt",
        "Sở, Bộ, Phòng … with a branch of the gazetteer, abbreviated or not",
        "Giao Sở TN&MT báo cáo.",
    ),
    "names.shared": Rule(
        "Nhiều đơn vị chung một tiền tố: “các sở Xây dựng, Tài chính”, “UBND các huyện A, B”",
        "Several units behind one head: “các sở Xây dựng, Tài chính”",
        "Giao các sở QHKT, Xây dựng báo cáo.",
    ),
    "names.committee": Rule(
        "UBND, HĐND, Công an, cấp ủy của một địa bàn hay của cả một cấp",
        "Committee, council, police or party of an area, or of all of a level",
        "Giao UBND H. Phú Tân báo cáo.",
    ),
    "names.listed": Rule(
        "Cơ quan có tên riêng trong danh mục, kèm địa bàn nếu có",
        "An agency with a name of its own in the gazetteer, with its area",
        "Giao Kho bạc Nhà nước tỉnh báo cáo.",
    ),
    "names.group": Rule(
        "Tập thể: “các sở, ban, ngành liên quan”, “chủ đầu tư”",
        "A group: “các sở, ban, ngành liên quan”, “chủ đầu tư”",
        "Yêu cầu các sở, ban, ngành liên quan báo cáo.",
    ),
    "names.area": Rule(
        "Gọi tên địa bàn thay cho UBND: “quận 5”, “huyện Tuy Phong”",
        "An area named for its committee: “quận 5”, “huyện Tuy Phong”",
        "UBND tỉnh yêu cầu huyện Tuy Phong báo cáo.",
    ),
    "names.open": Rule(
        "Tên mở: loại tổ chức đã biết, phần còn lại kéo dài đến động từ hoặc dấu phẩy",
        "An open name: a known kind of body, the rest up to a verb or a comma",
        "Giao Ban Quản lý dự án đầu tư xây dựng công trình thủy lợi báo cáo.",
    ),
    "names.person": Rule(
        "Người được nêu tên mà không nêu đơn vị: người xem chọn",
        "A person named without a unit: somebody must choose",
        "Giao đồng chí Nguyễn Văn An chỉ đạo.",
    ),
    "names.title": Rule(
        "Người đứng đầu thay cho đơn vị: “Giám đốc Sở Xây dựng”",
        "Who is at the head stands for the unit: “Giám đốc Sở Xây dựng”",
        "Giao Giám đốc Sở Xây dựng báo cáo.",
    ),
    "names.site": Rule(
        "Tên hoặc tên khác trong danh mục đơn vị của nơi dùng",
        "A name or alias out of the site's own list of units",
        "Giao Đội Quản lý trật tự Bến Thành báo cáo.",
    ),
    "names.unresolved": Rule(
        "Tên không nhận ra; hiện ra để chọn, không bao giờ mất",
        "A name that is not known; it is shown to be resolved and never lost",
        "Chủ tịch UBND tỉnh giao Câu lạc bộ Khởi nghiệp trẻ xây dựng kế hoạch.",
    ),
    "due.day": Rule(
        "“trước ngày”, “chậm nhất”, “hoàn thành … ngày”: hết ngày đó",
        "“before”, “at the latest on” a day: the end of it",
        "Giao Sở Xây dựng báo cáo trước ngày 20/11/2022.",
    ),
    "due.month": Rule(
        "Trong, trước, cuối tháng: ngày cuối của tháng",
        "In, before, at the end of a month: its last day",
        "Giao Sở Xây dựng báo cáo trong tháng 8/2022.",
    ),
    "due.quarter": Rule(
        "Trong, trước quý: ngày cuối của quý",
        "In, before a quarter: its last day",
        "Giao Sở Xây dựng báo cáo trong quý III/2022.",
    ),
    "due.year": Rule(
        "Trong năm, trước năm: ngày 31/12",
        "In, before a year: 31 December",
        "Giao Sở Xây dựng hoàn thành trong năm 2023.",
    ),
    "due.counted": Rule(
        "Số ngày, ngày làm việc, tuần, tháng kể từ ngày văn bản hoặc từ một sự kiện",
        "So many days, working days, weeks, months from the document or from an event",
        "Giao Sở Xây dựng báo cáo trong 30 ngày làm việc.",
    ),
    "due.relative": Rule(
        "Hôm nay, tuần này, tháng tới: tính từ ngày văn bản",
        "Today, this week, next month: counted from the document's date",
        "Giao Sở Xây dựng báo cáo ngay trong tuần này.",
    ),
    "due.recurring": Rule(
        "Định kỳ hằng tuần, tháng, quý, 6 tháng, năm",
        "Every week, month, quarter, half-year, year",
        "Giao Sở Xây dựng định kỳ hằng tháng báo cáo.",
    ),
    "due.next": Rule(
        "Câu chỉ nêu thời hạn: là thời hạn của việc ngay trước",
        "A sentence that only gives a time: the deadline of the item before it",
        "Giao Sở Xây dựng rà soát quy hoạch. Thời gian hoàn thành trước ngày 20/11/2022.",
    ),
    "due.event": Rule(
        "Sau khi, trước khi một sự kiện: không có ngày, phải đặt ngày xem lại",
        "After or before an event: no day; a review must be set",
        "Giao Sở Xây dựng công bố quy hoạch sau khi Thủ tướng Chính phủ phê duyệt.",
    ),
    "due.urgent": Rule(
        "Khẩn trương, sớm, ngay: không có ngày, phải đặt ngày xem lại",
        "With haste, soon, at once: no day; a review must be set",
        "Giao Sở Xây dựng khẩn trương rà soát quy hoạch.",
    ),
    "due.open": Rule(
        "Thường xuyên: không có ngày, phải đặt ngày xem lại",
        "Regularly: no day; a review must be set",
        "Giao Sở Xây dựng thường xuyên kiểm tra công trình.",
    ),
}
