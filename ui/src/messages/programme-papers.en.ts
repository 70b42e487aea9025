import type { vi } from './programme-papers.vi'

export const en: typeof vi = {
  title: 'Reports',
  question: 'What is reported for this period, whose figures are missing, what was issued?',
  kind: 'Kind of report',
  kinds: {
    monthly: 'Monthly report of the programme',
    overview: 'Overview of supervision (Decree 29/2021)',
    supervision: "Owner's supervision report (Decree 29/2021)",
  },
  project: 'Project',
  choose: 'Choose a project',
  period: 'Period',
  periods: (period) => {
    const [year, part = ''] = period.split('-')
    if (part.startsWith('Q')) return `${part}/${year}`
    if (part.startsWith('H')) return part === 'H1' ? `first half of ${year}` : `second half of ${year}`
    return part ? `${Number(part)}/${year}` : `${year}`
  },
  draft: 'Draft, figures as of now',
  reconciles: 'The lines add up to the plan.',
  differs: 'The lines do not add up to the plan: see the check of the ledger.',
  asOf: (day, at) => `Plan by decisions up to ${day}; figures of ${at}.`,
  missing: (count) => `${count} ${count === 1 ? 'entry is' : 'entries are'} missing, and not written as 0`,
  ofProjects: (count) => `${count} ${count === 1 ? 'project' : 'projects'}`,
  missingFrom: (of) => `ask ${of}`,
  complete: 'Nothing is missing.',
  more: (count) => `and ${count} more`,
  files: { pdf: 'PDF', docx: 'Word', xlsx: 'Excel' },
  download: (form) => `Download ${form}`,
  notes: 'Words of the reporting unit',
  noteNames: { progress: 'Progress', quality: 'Quality', difficulties: 'Difficulties', proposals: 'Proposals' },
  issue: 'Issue under a number',
  issueHint: 'The figures are kept with their hash; what was issued never changes.',
  issued: (number) => `Issued as ${number}`,
  list: 'Issued reports',
  number: 'Number',
  what: 'Report',
  issuer: 'Unit',
  at: 'Figures of',
  empty: 'No report was issued yet',
}
