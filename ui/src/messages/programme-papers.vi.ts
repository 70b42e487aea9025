export const vi = {
  title: 'Báo cáo',
  question: 'Kỳ này báo cáo gì, số liệu còn thiếu của ai, bản nào đã phát hành?',
  kind: 'Loại báo cáo',
  kinds: {
    monthly: 'Báo cáo tháng của chương trình',
    overview: 'Báo cáo giám sát tổng thể (Nghị định 29/2021)',
    supervision: 'Báo cáo giám sát của chủ đầu tư (Nghị định 29/2021)',
  } as Record<string, string>,
  project: 'Dự án',
  choose: 'Chọn dự án',
  period: 'Kỳ báo cáo',
  periods: (period: string) => {
    const [year, part = ''] = period.split('-')
    if (part.startsWith('Q')) return `quý ${['I', 'II', 'III', 'IV'][Number(part.slice(1)) - 1]}/${year}`
    if (part.startsWith('H')) return part === 'H1' ? `6 tháng đầu năm ${year}` : `6 tháng cuối năm ${year}`
    return part ? `tháng ${Number(part)}/${year}` : `năm ${year}`
  },
  draft: 'Bản nháp, số liệu tại thời điểm này',
  reconciles: 'Các dòng cộng lại đúng bằng kế hoạch.',
  differs: 'Các dòng không cộng lại đúng bằng kế hoạch: xem kiểm tra sổ.',
  asOf: (day: string, at: string) => `Kế hoạch theo quyết định đến ${day}; số liệu lúc ${at}.`,
  missing: (count: number) => `Còn thiếu ${count} mục, không ghi bằng 0`,
  ofProjects: (count: number) => `${count} dự án`,
  missingFrom: (of: string) => `hỏi ${of}`,
  complete: 'Đủ các mục.',
  more: (count: number) => `và ${count} mục khác`,
  files: { pdf: 'PDF', docx: 'Word', xlsx: 'Excel' } as Record<string, string>,
  download: (form: string) => `Tải ${form}`,
  notes: 'Nhận xét của đơn vị báo cáo',
  noteNames: { progress: 'Tiến độ', quality: 'Chất lượng', difficulties: 'Khó khăn, vướng mắc', proposals: 'Kiến nghị' } as Record<string, string>,
  issue: 'Phát hành, lấy số',
  issueHint: 'Số liệu được giữ nguyên cùng mã băm; bản đã phát hành không đổi nữa.',
  issued: (number: string) => `Đã phát hành ${number}`,
  list: 'Báo cáo đã phát hành',
  number: 'Số',
  what: 'Báo cáo',
  issuer: 'Đơn vị',
  at: 'Số liệu lúc',
  empty: 'Chưa phát hành báo cáo nào',
}
