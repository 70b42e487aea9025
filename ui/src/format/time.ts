// Moments are UTC inside and shown in the local time of Vietnam, whatever the browser's own zone is. Date and time are
// written by two formatters, since the combined one puts the time first.
import { lang } from '../preferences'
import { locale } from './number'

const ZONE = 'Asia/Ho_Chi_Minh'
/** It has no summer time, and had none since fields of forms exist. */
const ZONE_AHEAD_MS = 7 * 3_600_000
const formatters = new Map<string, Intl.DateTimeFormat>()
const relatives = new Map<string, Intl.RelativeTimeFormat>()

export type Moment = string | number | Date

/** Milliseconds since 1970 of a moment, or NaN for text that is none. */
export function ms(moment: Moment): number {
  return typeof moment === 'number' ? moment : new Date(moment).getTime()
}

function formatter(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale()} ${name}`
  let made = formatters.get(key)
  if (!made) formatters.set(key, (made = new Intl.DateTimeFormat(locale(), { timeZone: ZONE, ...options })))
  return made
}

/** `22/11/2026` */
export function date(moment: Moment): string {
  return formatter('date', { day: '2-digit', month: '2-digit', year: 'numeric' }).format(ms(moment))
}

/** `14:05` */
export function time(moment: Moment): string {
  return formatter('time', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(ms(moment))
}

/** `14:05:32` */
export function timeWithSeconds(moment: Moment): string {
  return formatter('seconds', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(ms(moment))
}

/** `14:05 22/11/2026`, the order of Vietnamese documents. */
export function dateTime(moment: Moment): string {
  return `${time(moment)} ${date(moment)}`
}

/** The local hour as a form's field writes it: `2026-11-22T14:05`. */
export function asField(moment: Moment): string {
  return new Date(ms(moment) + ZONE_AHEAD_MS).toISOString().slice(0, 16)
}

/** The moment that a form's field means, in the local time of Vietnam; NaN for what is none. */
export function fromField(text: string): number {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) ? new Date(`${text}:00Z`).getTime() - ZONE_AHEAD_MS : NaN
}

/** `thứ Hai, 22/11/2026` or `Monday, 22/11/2026` */
export function weekday(moment: Moment): string {
  return formatter('weekday', { weekday: 'long' }).format(ms(moment))
}

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
]

/** `14 phút trước`, `sau 5 phút`. Under ten seconds it is `vừa xong`, for a number that flickers says nothing. */
export function ago(moment: Moment, now: Moment): string {
  const seconds = Math.round((ms(moment) - ms(now)) / 1000)
  if (Math.abs(seconds) < 10) return lang.value === 'en' ? 'just now' : 'vừa xong'
  const [unit, size] = STEPS.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1]
  let made = relatives.get(locale())
  if (!made) relatives.set(locale(), (made = new Intl.RelativeTimeFormat(locale(), { numeric: 'always' })))
  return made.format(Math.trunc(seconds / size), unit)
}

const UNITS = {
  vi: { d: 'ngày', h: 'giờ', m: 'phút', s: 'giây' },
  en: { d: 'd', h: 'h', m: 'min', s: 's' },
} as const

/** A length of time as it is said of ages and waits: from a minute on without seconds, which would only flicker. */
export function roughly(seconds: number): string {
  const step = seconds >= 172_800 ? 86_400 : seconds >= 60 ? 60 : 1 // from two days on only the days count
  return duration(seconds - (seconds % step))
}

/** A length of time in at most two units: `2 giờ 5 phút`, `45 giây`. */
export function duration(seconds: number): string {
  const words = UNITS[lang.value]
  const whole = Math.max(0, Math.round(seconds))
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), words.d],
    [Math.floor((whole % 86_400) / 3600), words.h],
    [Math.floor((whole % 3600) / 60), words.m],
    [whole % 60, words.s],
  ]
  const first = parts.findIndex(([count]) => count > 0)
  if (first < 0) return `0 ${words.s}`
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ')
}
