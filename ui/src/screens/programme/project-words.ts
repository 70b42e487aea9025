// Months of plan years and spans of days in words, the same on every part of the page. No screen in here.

/** `03/2026`; the thirteenth period is January of the next year. */
export function monthOf({ plan_year, period }: { plan_year: number; period: number }): string {
  return period < 13 ? `${String(period).padStart(2, '0')}/${plan_year}` : `01/${plan_year + 1}`
}
